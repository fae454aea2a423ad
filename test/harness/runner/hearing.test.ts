import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Cluster } from '../../../harness/cluster/cluster.ts'
import { ownPromises } from '../../../harness/cluster/promises.ts'
import { nodesHearEachOther } from '../../../harness/runner/hearing.ts'

const servers: WebSocketServer[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** Two nodes that find each other only after so many broadcasts of each. */
async function twoNodes({ foundAfter = 0, refusesJoins = false } = {}) {
  const listening: WebSocket[][] = [[], []]
  const asked = [0, 0]
  const nodes = []
  for (const at of [0, 1]) {
    const server = new WebSocketServer({ port: 0 })
    servers.push(server)
    await once(server, 'listening')
    server.on('connection', (socket) =>
      socket.on('message', (data) => {
        const [joinRef, ref, topic] = JSON.parse(String(data))
        listening[at]!.push(socket)
        const status = refusesJoins ? 'error' : 'ok'
        socket.send(JSON.stringify([joinRef, ref, topic, 'phx_reply', { status, response: {} }]))
      }),
    )
    async function broadcast(topic: string, event: string, payload: object) {
      asked[at]! += 1
      const reached = asked[at]! > foundAfter ? [0, 1] : [at]
      for (const socket of reached.flatMap((one) => listening[one]!))
        socket.send(JSON.stringify([null, null, topic, event, payload]))
    }
    const { port } = server.address() as AddressInfo
    nodes.push({ name: `n${at + 1}`, port, hasWeb: true, hasControl: true, control: { broadcast } })
  }
  const openCount = () => servers.reduce((sum, { clients }) => sum + clients.size, 0)
  return { asked, openCount, cluster: { nodes, promises: {} } as unknown as Cluster }
}

describe('nodes of a system that is not ours', () => {
  it('have found each other when a scenario begins, and nobody listens any more', async () => {
    const { cluster, asked, openCount } = await twoNodes({ foundAfter: 3 })
    await nodesHearEachOther(cluster, 5_000)
    expect(asked.every((count) => count > 3)).toBe(true)
    await expect.poll(openCount).toBe(0)
  })

  it('are not waited for longer than that, and not where nobody may listen', async () => {
    const never = await twoNodes({ foundAfter: Number.POSITIVE_INFINITY })
    await nodesHearEachOther(never.cluster, 300)
    expect(never.asked[0]).toBeGreaterThan(1)
    const silent = await twoNodes({ refusesJoins: true })
    await nodesHearEachOther(silent.cluster, 5_000)
    expect(silent.asked).toEqual([1, 0])
  })

  it('are not asked where they promise the mesh', async () => {
    const { cluster, asked } = await twoNodes()
    await nodesHearEachOther({ ...cluster, promises: ownPromises }, 5_000)
    expect(asked).toEqual([0, 0])
  })
})
