import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createDiscovery } from '../../../system/node/discovery.ts'
import { readConfig } from '../../../system/platform/config.ts'
import { silentLog } from '../../../system/platform/log.ts'
import { discoverByDns, type PeerAddresses } from '../../../system/pubsub/discovery.ts'
import { createMesh } from '../../../system/pubsub/mesh.ts'
import type { MeshSocket } from '../../../system/pubsub/mesh-sockets.ts'
import { createFakeClock } from '../../support/channel-case.ts'

const everyMs = 1_000
const folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

class FakeSocket extends EventEmitter implements MeshSocket {
  bufferedAmount = 0
  send() {}
  terminate() {
    this.emit('close')
  }
}

/** A mesh whose discovery says what `answer` returns. */
async function meshThatFinds(answer: () => PeerAddresses, peers: Record<string, string> = {}) {
  const clock = createFakeClock()
  const dialled: string[] = []
  const mesh = createMesh({
    nodeName: 'n1',
    sockets: {
      dial(url) {
        dialled.push(url)
        const socket = new FakeSocket()
        clock.after(1, () => socket.emit('open'))
        return socket
      },
      listen: async () => async () => {},
    },
    peers,
    discovery: { find: async () => answer() },
    discoverEveryMs: everyMs,
    heartbeatMs: 60_000,
    clock,
    log: silentLog,
  })
  await mesh.start(() => {})
  /** A socket is open a moment after it was dialled. */
  const look = () => clock.advance(everyMs + 5)
  return { mesh, clock, look, dialled }
}

describe('nodes that are found while a node runs (DP-13, DP-2)', () => {
  it('fills an empty list, and leaves out the node itself', async () => {
    let found: PeerAddresses = {}
    const { mesh, look } = await meshThatFinds(() => found)
    await look()
    expect(mesh.peers()).toEqual({})
    found = { n1: 'ws://one', n2: 'ws://two', n3: 'ws://three' }
    await look()
    expect(mesh.peers()).toEqual({ n2: { connected: true }, n3: { connected: true } })
    await mesh.stop()
  })

  it('forgets a node that is found no more, and dials it no more', async () => {
    let found: PeerAddresses = { n2: 'ws://two' }
    const { mesh, look, dialled } = await meshThatFinds(() => found)
    await look()
    found = {}
    await look()
    expect(mesh.peers()).toEqual({})
    const before = dialled.length
    await look()
    expect(dialled).toHaveLength(before)
    await mesh.stop()
  })

  it('dials a node anew that has moved', async () => {
    let found: PeerAddresses = { n2: 'ws://old' }
    const { mesh, look, dialled } = await meshThatFinds(() => found)
    await look()
    found = { n2: 'ws://new' }
    await look()
    await look()
    expect(dialled).toEqual(['ws://old', 'ws://new'])
    expect(mesh.peers()).toEqual({ n2: { connected: true } })
    await mesh.stop()
  })

  it('keeps its peers when nobody can say who there is', async () => {
    const { mesh, look } = await meshThatFinds(
      () => {
        throw new Error('no name server')
      },
      { n2: 'ws://two' },
    )
    await look()
    expect(mesh.peers()).toEqual({ n2: { connected: true } })
    await mesh.stop()
  })

  it('looks no more when it has stopped', async () => {
    const { mesh, clock } = await meshThatFinds(() => ({}))
    await mesh.stop()
    expect(clock.timerCount()).toBe(0)
  })
})

describe('strategies (DP-13)', () => {
  it('reads the names and addresses of nodes from SRV records', async () => {
    const asked: string[] = []
    const discovery = discoverByDns('_mesh._tcp.squall.local', async (service) => {
      asked.push(service)
      return [
        { name: 'n1.squall.local', port: 5_000 },
        { name: 'n2.squall.local', port: 5_001 },
      ]
    })
    expect(await discovery.find()).toEqual({ n1: 'ws://n1.squall.local:5000', n2: 'ws://n2.squall.local:5001' })
    expect(asked).toEqual(['_mesh._tcp.squall.local'])
  })

  it('has none where the configuration is a list', async () => {
    expect(await createDiscovery(readConfig({ CLUSTER_PEERS: 'n2=ws://two' }))).toBeUndefined()
  })

  it('takes a module of one’s own, and says what is wrong with one that is none', async () => {
    const own = join(folder, 'own.mjs')
    const other = join(folder, 'other.mjs')
    writeFileSync(own, "export default { find: async () => ({ n7: 'ws://seven' }) }")
    writeFileSync(other, 'export default 7')
    const discovery = await createDiscovery(readConfig({ CLUSTER_DISCOVERY: own }))
    expect(await discovery!.find()).toEqual({ n7: 'ws://seven' })
    await expect(createDiscovery(readConfig({ CLUSTER_DISCOVERY: other }))).rejects.toThrow(
      `CLUSTER_DISCOVERY names ${other}: expected a default export with a function find()`,
    )
    const nowhere = join(folder, 'nowhere.mjs')
    await expect(createDiscovery(readConfig({ CLUSTER_DISCOVERY: nowhere }))).rejects.toThrow(
      `CLUSTER_DISCOVERY names ${nowhere}: Cannot find module`,
    )
  })

  it('is one, not two', () => {
    expect(() => readConfig({ CLUSTER_DNS: 'a', CLUSTER_DISCOVERY: 'b' })).toThrow('leave one of them out')
  })
})
