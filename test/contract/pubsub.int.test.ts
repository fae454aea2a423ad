import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createLinks, type Links } from '../../harness/cluster/links.ts'
import { createRedisProcess, findRedis, type RedisServer } from '../../harness/cluster/services/redis.ts'
import { freePort } from '../../harness/platform/ports.ts'
import { type LinkServer, startLinkServer } from '../../harness/toxiproxy/index.ts'
import { systemClock as clock } from '../../system/platform/clock.ts'
import { createLog, type Log } from '../../system/platform/log.ts'
import {
  createMesh,
  createRedis,
  meshWebSockets,
  type PubSubAdapter,
  type RemoteMessage,
} from '../../system/pubsub/index.ts'

/** What both adapters promise (DP-6..9, AM-4): every case runs on each of them, over links that can be cut. */

const names = ['n1', 'n2', 'n3'] as const
type Name = (typeof names)[number]
const heartbeatMs = 200
const secret = 'contract'

interface Member {
  adapter: PubSubAdapter
  got: RemoteMessage[]
  ups: string[]
  warnings: string[]
}

interface Network {
  /** A fresh adapter; not started. */
  create(name: Name, log: Log): Promise<PubSubAdapter>
  /** The links without which this node is cut off from the others. */
  linksOf(name: Name): [from: string, to: string][]
  /** Sends to n1 what no adapter would send. */
  sendGarbage(texts: readonly string[]): Promise<void>
  upstreamOf(from: string, to: string): string
  close(): Promise<void>
}

const quiet = createLog({ level: 'silent', node: 'test' })

async function meshNetwork(links: () => Links): Promise<Network> {
  const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()] as const)))
  const others = (name: Name) => names.filter((other) => other !== name)
  return {
    async create(nodeName, log) {
      const peers: Record<string, string> = {}
      for (const peer of others(nodeName)) peers[peer] = `ws://127.0.0.1:${(await links().link(nodeName, peer)).port}`
      const sockets = meshWebSockets({ nodeName, port: ports[nodeName]!, secret, log })
      return createMesh({ sockets, peers, heartbeatMs, clock, log })
    },
    linksOf: (name) =>
      others(name).flatMap((other): [string, string][] => [
        [name, other],
        [other, name],
      ]),
    async sendGarbage(texts) {
      const proof = createHmac('sha256', secret).update('mesh:n2:1').digest('hex')
      const headers = { 'x-node': 'n2', 'x-nonce': '1', 'x-proof': proof }
      const socket = new WebSocket(`ws://127.0.0.1:${ports.n1}/mesh`, { headers })
      await once(socket, 'open')
      for (const text of texts) socket.send(text)
      socket.close()
      await once(socket, 'close')
    },
    upstreamOf: (_from, to) => `127.0.0.1:${ports[to]}`,
    close: async () => {},
  }
}

const noLeases = { holdPort() {}, holdProcess() {}, releaseProcess() {} }

async function startRedis() {
  const folder = mkdtempSync(join(tmpdir(), 'squall-redis-test-'))
  const redis = await createRedisProcess({ folder, logFile: join(folder, 'redis.log'), leases: noLeases })
  await redis.start()
  const end = async () => {
    await redis.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  return { redis, end }
}

async function sendRaw(port: number, commands: string) {
  const socket = connect(port, '127.0.0.1')
  socket.end(`${commands}QUIT\r\n`)
  socket.resume()
  await once(socket, 'close')
}

const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`
const publishCommand = (channel: string, text: string) => `*3\r\n${bulk('PUBLISH')}${bulk(channel)}${bulk(text)}`

async function redisNetwork(links: () => Links): Promise<Network & { redis: RedisServer }> {
  const { redis, end } = await startRedis()
  return {
    redis,
    async create(nodeName, log) {
      const url = `redis://127.0.0.1:${(await links().link(nodeName, 'redis')).port}`
      return createRedis({ nodeName, url, prefix: 'contract', heartbeatMs, clock, log })
    },
    linksOf: (name) => [[name, 'redis']],
    sendGarbage: (texts) => sendRaw(redis.port, texts.map((text) => publishCommand('contract:all', text)).join('')),
    upstreamOf: () => `127.0.0.1:${redis.port}`,
    close: end,
  }
}

const missing = (() => {
  try {
    findRedis()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
})()

const news = (n: number): RemoteMessage => ({ topic: 'room', event: 'said', payload: { n } })
const numbers = (member: Member) => member.got.map(({ payload }) => (payload as { n: number }).n)
const soon = { timeout: 5_000, interval: 20 }

/** Long enough for anything that is still under way. */
const settle = () => clock.sleep(4 * heartbeatMs)

function stage<N extends Network>(build: (links: () => Links) => Promise<N>) {
  let server: LinkServer
  let links: Links
  let network: N
  const members = new Map<Name, Member>()

  async function open() {
    network = await build(() => links)
    server = await startLinkServer({ random: () => 0.5 })
    links = createLinks({
      apiUrl: server.apiUrl,
      route: (from, to) => ({ listen: '127.0.0.1:0', upstream: network.upstreamOf(from, to) }),
      countsAtOnce: true,
    })
  }

  async function startNode(name: Name) {
    const warnings: string[] = []
    const log = { ...quiet, warn: (_facts: unknown, text: string) => void warnings.push(text) } as unknown as Log
    const member: Member = { adapter: await network.create(name, log), got: [], ups: [], warnings }
    for (const level of ['debug', 'info', 'error'] as const) log[level] = () => {}
    member.adapter.onPeerUp((peer) => member.ups.push(peer))
    members.set(name, member)
    await member.adapter.start((message) => member.got.push(message))
    return member
  }

  const toxics = ['upstream', 'downstream'] as const
  return {
    open,
    startNode,
    network: () => network,
    member: (name: Name) => members.get(name)!,
    sees: (name: Name, peer: Name) => members.get(name)!.adapter.peers()[peer]?.connected === true,
    async allUp() {
      for (const name of names)
        for (const peer of names) if (peer !== name) await expect.poll(() => this.sees(name, peer), soon).toBe(true)
    },
    /** A black hole in both directions: nothing arrives, nothing is closed. */
    async cut(name: Name) {
      for (const [from, to] of network.linksOf(name))
        for (const stream of toxics)
          await (await links.link(from, to)).addToxic({
            name: stream,
            type: 'timeout',
            stream,
            attributes: { timeout: 0 },
          })
    },
    async mend(name: Name) {
      for (const [from, to] of network.linksOf(name))
        for (const stream of toxics) await (await links.link(from, to)).removeToxic(stream)
    },
    async stopNodes() {
      await Promise.all([...members.values()].map(({ adapter }) => adapter.stop()))
      members.clear()
    },
    async close() {
      await server.close()
      await network.close()
    },
  }
}

function contract(build: (links: () => Links) => Promise<Network>) {
  const on = stage(build)
  beforeAll(on.open)
  afterAll(on.close)
  beforeEach(async () => {
    for (const name of names) await on.startNode(name)
    await on.allUp()
  })
  afterEach(on.stopNodes)

  it('brings a broadcast to every other node once, in order, and not back (CH-71, DP-8, AM-3, AM-6)', async () => {
    for (let n = 1; n <= 20; n += 1) on.member('n1').adapter.broadcast(news(n))
    const all = Array.from({ length: 20 }, (_, index) => index + 1)
    for (const name of ['n2', 'n3'] as const) await expect.poll(() => numbers(on.member(name)), soon).toEqual(all)
    await settle()
    expect(names.map((name) => on.member(name).got.length)).toEqual([0, 20, 20])
    expect(on.member('n2').got[0]).toEqual(news(1))
  })

  it('brings a direct broadcast to the named node only (CH-75)', async () => {
    on.member('n1').adapter.directBroadcast('n3', news(1))
    await expect.poll(() => numbers(on.member('n3')), soon).toEqual([1])
    await settle()
    expect(names.map((name) => on.member(name).got.length)).toEqual([0, 0, 1])
  })

  it.each([
    ['bytes', Buffer.from([0, 127, 255])],
    ['no bytes', Buffer.alloc(0)],
    ['what only looks like bytes', { type: 'Buffer', data: [1, 2] }],
    ['what an object is called by itself', JSON.parse('{"__proto__":{"a":1},"constructor":1}')],
  ])('brings %s as they are (CH-71)', async (_what, payload) => {
    on.member('n1').adapter.broadcast({ topic: 'room', event: 'said', payload })
    await expect.poll(() => on.member('n2').got, soon).toEqual([{ topic: 'room', event: 'said', payload }])
    expect(Buffer.isBuffer(on.member('n2').got[0]!.payload)).toBe(Buffer.isBuffer(payload))
  })

  it('counts what it sent and what it received', async () => {
    on.member('n1').adapter.broadcast(news(1))
    await expect.poll(() => on.member('n2').adapter.counters.remoteReceived, soon).toBe(1)
    await expect.poll(() => on.member('n1').adapter.counters.remoteSent, soon).toBeGreaterThan(0)
    expect(on.member('n1').adapter.counters.remoteReceived).toBe(0)
  })

  it('gives a node that was cut off nothing later, and the others everything at once (DP-9, DP-11, AM-4)', async () => {
    await on.cut('n2')
    on.member('n1').adapter.broadcast(news(1))
    await expect.poll(() => on.sees('n1', 'n2'), soon).toBe(false)
    await expect.poll(() => on.sees('n2', 'n1'), soon).toBe(false)
    on.member('n1').adapter.broadcast(news(2))
    on.member('n2').adapter.broadcast(news(3))
    await expect.poll(() => numbers(on.member('n3')), soon).toEqual([1, 2])
    await on.mend('n2')
    await on.allUp()
    on.member('n1').adapter.broadcast(news(4))
    await expect.poll(() => numbers(on.member('n2')), soon).toEqual([4])
    await settle()
    expect(names.map((name) => numbers(on.member(name)))).toEqual([[], [4], [1, 2, 4]])
  })

  it('says on both sides that a peer is back (ST-57)', async () => {
    await on.cut('n2')
    await expect.poll(() => on.sees('n1', 'n2') || on.sees('n2', 'n1') || on.sees('n2', 'n3'), soon).toBe(false)
    for (const name of names) on.member(name).ups.length = 0
    await on.mend('n2')
    await expect.poll(() => on.member('n1').ups, soon).toContain('n2')
    await expect.poll(() => new Set(on.member('n2').ups), soon).toEqual(new Set(['n1', 'n3']))
    expect(on.member('n1').ups).not.toContain('n3')
  })

  it('says that a node is back that was started again', async () => {
    on.member('n1').ups.length = 0
    await on.member('n2').adapter.stop()
    await on.startNode('n2')
    await expect.poll(() => on.member('n1').ups, soon).toContain('n2')
    on.member('n1').adapter.broadcast(news(1))
    await on.allUp()
  })

  it('drops garbage, and goes on', async () => {
    const garbage = [
      '',
      'hello',
      '[]',
      'null',
      '{}',
      '{"topic":1}',
      '{"type":"news","from":"n2"}',
      '{"type":"beat"}',
      '\u0000',
    ]
    await on.network().sendGarbage(garbage)
    await expect
      .poll(() => on.member('n1').warnings.filter((text) => /dropped undecodable message/.test(text)).length, soon)
      .toBe(9)
    on.member('n2').adapter.broadcast(news(1))
    await expect.poll(() => numbers(on.member('n1')), soon).toEqual([1])
  })
}

describe('pub/sub over the mesh (DP-6)', () => contract(meshNetwork))

const because = missing === undefined ? '' : `, skipped: ${missing}`

describe.skipIf(missing !== undefined)(`pub/sub over Redis (DP-7)${because}`, () => contract(redisNetwork))

describe.skipIf(missing !== undefined)(`pub/sub over Redis, which is away (FI-14, NF-18)${because}`, () => {
  const on = stage(redisNetwork)
  const redis = () => on.network().redis
  const lost = (name: Name) => on.member(name).adapter.counters as unknown as { remoteLost: number }
  const alone = (name: Name) => Object.values(on.member(name).adapter.peers()).every(({ connected }) => !connected)
  beforeAll(on.open)
  afterAll(on.close)
  beforeEach(() => redis().start())
  afterEach(async () => {
    await redis().resume()
    await on.stopNodes()
  })

  it('lets a node start at once, drops and counts what it says, and comes back by itself (DF-112)', async () => {
    await redis().kill()
    for (const name of names) await on.startNode(name)
    on.member('n1').adapter.broadcast(news(1))
    on.member('n1').adapter.directBroadcast('n2', news(2))
    await expect.poll(() => lost('n1').remoteLost, soon).toBe(2)
    await redis().start()
    await on.allUp()
    on.member('n1').adapter.broadcast(news(3))
    await expect.poll(() => numbers(on.member('n2')), soon).toEqual([3])
    await settle()
    expect(numbers(on.member('n2'))).toEqual([3])
  })

  it.each(['kill', 'pause'] as const)(
    'keeps nothing over a %s, and says of every peer that it is back',
    async (outage) => {
      for (const name of names) await on.startNode(name)
      await on.allUp()
      await redis()[outage]()
      for (const name of names) await expect.poll(() => alone(name), soon).toBe(true)
      for (const name of names) on.member(name).ups.length = 0
      for (let n = 1; n <= 5; n += 1) on.member('n1').adapter.broadcast(news(n))
      await expect.poll(() => lost('n1').remoteLost, soon).toBeGreaterThanOrEqual(5)
      if (outage === 'kill') await redis().start()
      else await redis().resume()
      await on.allUp()
      for (const name of names)
        for (const peer of names)
          if (peer !== name) expect(on.member(name).ups, `${name} is told of ${peer}`).toContain(peer)
      on.member('n1').adapter.broadcast(news(6))
      for (const name of ['n2', 'n3'] as const) await expect.poll(() => numbers(on.member(name)), soon).toContain(6)
      await settle()
      expect(names.map((name) => numbers(on.member(name)))).toEqual([[], [6], [6]])
    },
  )

  it('tells the peers of a node that had to drop something, though nobody saw it go (ST-57)', async () => {
    for (const name of names) await on.startNode(name)
    await on.allUp()
    const before = on.member('n1').ups.length
    // More than Redis is given at once.
    for (let n = 0; n < 30; n += 1) on.member('n2').adapter.broadcast({ ...news(n), payload: 'x'.repeat(100_000) })
    await expect.poll(() => lost('n2').remoteLost, soon).toBeGreaterThan(0)
    await expect.poll(() => on.member('n1').ups.slice(before), soon).toContain('n2')
  })

  it('says of the peers that they are back when its own connection broke for a moment', async () => {
    // Peers with slow heartbeats do not count as silent meanwhile.
    const slow = (nodeName: string) =>
      createRedis({ nodeName, url: redis().url, heartbeatMs: 2_000, clock, log: quiet })
    const [one, two] = [await slow('n1'), await slow('n2')]
    const ups: string[] = []
    one.onPeerUp((peer) => ups.push(peer))
    for (const adapter of [one, two]) await adapter.start(() => {})
    await expect.poll(() => ups, soon).toEqual(['n2'])
    await sendRaw(redis().port, 'CLIENT KILL TYPE pubsub\r\n')
    await expect.poll(() => ups, soon).toEqual(['n2', 'n2'])
    for (const adapter of [one, two]) await adapter.stop()
  })

  it('warns when two nodes have one name', async () => {
    const errors: string[] = []
    const log = { ...quiet, debug() {}, info() {}, warn() {}, error: (_: unknown, text: string) => errors.push(text) }
    await on.startNode('n1')
    const twin = await on.network().create('n1', log as unknown as Log)
    await twin.start(() => {})
    await expect
      .poll(() => errors, soon)
      .toContain("redis: another node has the same name; the two ignore each other's messages")
    await twin.stop()
  })
})
