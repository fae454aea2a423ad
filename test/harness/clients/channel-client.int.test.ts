import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ChannelClient, openChannelClient } from '../../../harness/clients/channel-client.ts'
import type { Cluster } from '../../../harness/cluster/cluster.ts'
import { createRecorder } from '../../../harness/history/recorder.ts'
import { until } from '../../../harness/platform/until.ts'
import { userSocket } from '../../../system/apps/hello/user-socket.ts'
import { createEndpoint, type Endpoint } from '../../../system/channels/index.ts'
import { systemClock as clock } from '../../../system/platform/clock.ts'
import { createLog } from '../../../system/platform/log.ts'
import { createPubSub } from '../../../system/pubsub/index.ts'
import { createRuntime } from '../../../system/runtime/index.ts'

const log = createLog({ level: 'silent', node: 'n1' })
const runtime = createRuntime({ clock, log })
const pubsub = createPubSub({ nodeName: 'n1', log })
const connections = new Set<{ destroy(): void }>()
let endpoint: Endpoint
let server: Server
let port: number
let client: ChannelClient | undefined

beforeAll(async () => {
  endpoint = createEndpoint({ runtime, pubsub, clock, log, publicHost: '127.0.0.1', sockets: [userSocket] })
  server = createServer()
  server.on('connection', (socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  endpoint.attach(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterEach(() => client?.close())
afterAll(async () => {
  await endpoint.drain()
  for (const connection of connections) connection.destroy()
  await new Promise((resolve) => server.close(resolve))
})

async function listen(topic: string) {
  const cluster = { links: { link: async () => ({ host: '127.0.0.1', port }) } } as unknown as Cluster
  const recorder = createRecorder({ elapsedMs: () => performance.now(), sink: () => {}, isDefinite: () => true })
  const ann = await openChannelClient({ name: 'ann', node: 'n1', cluster, recorder })
  client = ann
  await ann.join(topic)
  return { ann, seen: (type: string) => recorder.events.filter((event) => event.type === type) }
}

describe('the official client, recorded', () => {
  it('joins, hears a broadcast once with no join_ref, and is answered (AM-1)', async () => {
    const { ann, seen } = await listen('ping')
    endpoint.broadcast('ping', 'ledger', { publisher: 'n1', seq: 1, origin: 'n1' })
    await until(() => seen('receive').length > 0, { what: 'the broadcast arrives', withinMs: 3_000 })
    expect(seen('receive')).toMatchObject([{ who: 'ann', topic: 'ping', event: 'ledger', joinRef: null, node: 'n1' }])
    expect(await ann.push('ping', 'ping', {})).toEqual({ ping: 'pong' })
    expect(ann.joins()).toEqual({ connected: true, expected: ['ping'], joined: ['ping'] })
    expect(seen('connect')).toHaveLength(1)
  })

  it('records a lost connection and the join that follows by itself (CH-106, CH-108)', async () => {
    const { ann, seen } = await listen('ping')
    for (const connection of connections) connection.destroy()
    await until(() => seen('join').length === 2, { what: 'ann rejoins', withinMs: 5_000 })
    expect(seen('disconnect')).toHaveLength(1)
    expect(seen('connect')).toHaveLength(2)
    expect(ann.joins()).toEqual({ connected: true, expected: ['ping'], joined: ['ping'] })
  })

  it('records the crash of a channel as leaving, and its rejoin (DF-4, NF-1)', async () => {
    const { seen } = await listen('ping:crash')
    runtime
      .actors()
      .find(({ name }) => name === 'PingChannel:ping:crash')!
      .kill()
    await until(() => seen('leave').length === 1, { what: 'the crash is recorded', withinMs: 3_000 })
    await until(() => seen('join').length === 2, { what: 'ann rejoins', withinMs: 5_000 })
    expect(seen('disconnect')).toEqual([])
  })

  it('comes back when its connection alone is broken (FI-1, NF-2)', async () => {
    const { seen } = await listen('ping:dropped')
    const { id } = endpoint.connections().find(({ topics }) => topics.includes('ping:dropped'))!
    endpoint.dropConnection(id)
    await until(() => seen('join').length === 2, { what: 'ann rejoins', withinMs: 5_000 })
    expect(endpoint.connections().map((one) => one.id)).not.toContain(id)
  })

  it('has every push counted that was handled, whatever became of it (AM-10)', async () => {
    const { ann } = await listen('ping:counted')
    const before = endpoint.handled().PingChannel ?? 0
    await ann.push('ping:counted', 'ping', {})
    await ann.ask('ping:counted', 'no such event', {}, 300)
    expect(endpoint.handled().PingChannel).toBe(before + 2)
  })

  it('rejects a join that is refused, with the reason', async () => {
    const { ann } = await listen('ping')
    await expect(ann.join('nowhere:1')).rejects.toThrow(/unmatched topic/)
  })
})
