import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Channel, LongPoll, Presence, Socket } from 'phoenix'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { statsChannel } from '../../system/apps/hello/stats-channel.ts'
import { userSocket } from '../../system/apps/hello/user-socket.ts'
import { connected, createEndpoint, type Endpoint, refused, socket } from '../../system/channels/index.ts'
import { noMetrics } from '../../system/metrics/index.ts'
import { systemClock as clock } from '../../system/platform/clock.ts'
import { silentLog as log } from '../../system/platform/log.ts'
import { createPresence } from '../../system/presence/index.ts'
import { createPubSub, type PubSub } from '../../system/pubsub/index.ts'
import { createRuntime } from '../../system/runtime/index.ts'
import { presenceChannel, room } from './channels.ts'

/** The published client against our server, over every way that it knows (CH-3, CH-10, CH-22, CH-96..CH-105, CH-110, CH-113). */
let server: Server
let endpoint: Endpoint
let pubsub: PubSub
let base: string
const open: Socket[] = []
const token = 'SFMyNTY.of-user_1~é'

beforeAll(async () => {
  const runtime = createRuntime({ clock, log })
  pubsub = createPubSub({ nodeName: 'n1', log })
  const presence = createPresence({ name: 'p', pubsub, clock, log })
  presence.start()
  const channels = { ...userSocket.channels, 'room:*': room(clock.sleep), 'presence:*': presenceChannel(presence) }
  const polled = { longpoll: { windowMs: 2_000 } }
  endpoint = createEndpoint({
    runtime,
    pubsub,
    clock,
    log,
    sockets: [
      { ...userSocket, channels, options: polled },
      { ...userSocket, path: '/polled', channels, options: { ...polled, websocket: false } },
      socket({
        name: 'Params',
        path: '/params',
        channels: { '*': statsChannel({ clock, metrics: noMetrics, pingMs: () => 0 }) },
        connect: (params) => connected({}, `params:${params.who}`),
      }),
      socket({
        name: 'Tokens',
        path: '/tokens',
        channels: userSocket.channels,
        connect: (_params, { authToken }) => (authToken === token ? connected() : refused('another token')),
        options: { ...polled, authToken: true },
      }),
      socket({
        name: 'NoTokens',
        path: '/no-tokens',
        channels: userSocket.channels,
        connect: (_params, { authToken }) => (authToken === undefined ? connected() : refused('a token')),
        options: polled,
      }),
    ],
  })
  server = createServer((request, response) => {
    if (!endpoint.handle(request, response)) response.writeHead(404).end()
  })
  endpoint.attach(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(() => {
  for (const one of open.splice(0)) one.disconnect()
})

afterAll(() => {
  server.close()
  server.closeAllConnections()
})

type Options = ConstructorParameters<typeof Socket>[1] & Record<string, unknown>

function connect(path = '/socket', options: Options = {}): Socket {
  const made = new Socket(base + path, { reconnectAfterMs: () => 20, rejoinAfterMs: () => 20, ...options } as Options)
  made.connect()
  open.push(made)
  return made
}

type Hook = 'ok' | 'error' | 'timeout'
type Answer = [hook: Hook, response: unknown]
const hooks: Hook[] = ['ok', 'error', 'timeout']

/** Which hook ran, and with what. */
const outcome = (push: { receive(hook: Hook, run: (response: unknown) => void): unknown }) =>
  new Promise<Answer>((resolve) => {
    for (const hook of hooks) push.receive(hook, (response) => resolve([hook, response]))
  })
const join = (channel: Channel) => outcome(channel.join())

describe.each([
  ['WebSocket', {}],
  ['long poll', { transport: LongPoll }],
])('the official client over %s', (_, options: Options) => {
  it('joins, pushes, matches replies and hears broadcasts (CH-52, CH-53, CH-65, CH-97, CH-100, CH-101)', async () => {
    const user = connect('/socket', options)
    const ping = user.channel('ping')
    const heard: unknown[] = []
    ping.on('test', (payload) => void heard.push(payload))
    expect(await join(ping)).toEqual(['ok', {}])
    expect(await outcome(ping.push('ping', { ack_phrase: 'hi' }))).toEqual(['ok', { ping: 'hi' }])
    expect(await outcome(ping.push('param_ping', { error: true }))).toEqual([
      'error',
      { reason: 'You asked for this!' },
    ])
    expect(await outcome(ping.push('pong', {}, 100))).toEqual(['timeout', {}])
    pubsub.broadcast('ping', 'test', { data: 'news' })
    await expect.poll(() => heard).toEqual([{ data: 'news' }])
    expect(await join(user.channel('room:denied', { who: 'me' }))).toEqual([
      'error',
      { reason: 'denied', params: { who: 'me' } },
    ])
  })

  it('brings its auth token where a socket asks for one (CH-34)', async () => {
    const ping = connect('/tokens', { ...options, authToken: token }).channel('ping')
    expect(await join(ping)).toEqual(['ok', {}])
    expect(await outcome(ping.push('ping', {}))).toEqual(['ok', { ping: 'pong' }])
    const stranger = connect('/tokens', { ...options, authToken: 'forged' })
    await new Promise<void>((resolve) => stranger.onError(() => resolve()))
    expect(stranger.isConnected()).toBe(false)
  })

  it('is rejoined by itself after a crash, which is no error reply (CH-108, CH-109)', async () => {
    const ping = connect('/socket', options).channel('ping')
    await join(ping)
    expect(await outcome(ping.push('invalid', {}, 300))).toEqual(['timeout', {}])
    await expect.poll(() => ping.state).toBe('joined')
    expect(await outcome(ping.push('ping', {}))).toEqual(['ok', { ping: 'pong' }])
  })

  it('shows who is there, with the client of its own (PA-15..PA-18)', async () => {
    const names = ['alice', 'bob']
    const lists = await Promise.all(
      names.map(async (name) => {
        const channel = connect('/socket', options).channel(`presence:${_}`, { user_id: name })
        const presence = new Presence(channel)
        await join(channel)
        return () => presence.list((key: string) => key).sort()
      }),
    )
    for (const list of lists) await expect.poll(list, { timeout: 5_000 }).toEqual(names)
    open.pop()!.disconnect()
    await expect.poll(lists[0]!, { timeout: 8_000 }).toEqual(['alice'])
  })
})

describe('the official client', () => {
  it('is not asked for an auth token by a socket that does not say so', async () => {
    const options = { transport: LongPoll, authToken: token }
    expect(await join(connect('/no-tokens', options).channel('ping'))).toEqual(['ok', {}])
  })

  it('sends what was pushed before the join, once it is joined (CH-103)', async () => {
    const slow = connect().channel('room:slowjoin')
    const joined = join(slow)
    const early = outcome(slow.push('echo', { n: 1 }))
    expect(await joined).toEqual(['ok', {}])
    expect(await early).toEqual(['ok', { n: 1 }])
  })

  it('refuses a push on a channel that was never joined (CH-104)', () => {
    const channel = connect().channel('ping')
    expect(() => channel.push('ping', {})).toThrow('before joining')
  })

  it('hears exact event names only (CH-44, CH-105)', async () => {
    const ping = connect().channel('ping')
    const heard: string[] = []
    ping.on('tes', () => void heard.push('tes'))
    ping.on('test', () => void heard.push('test'))
    await join(ping)
    pubsub.broadcast('ping', 'test', {})
    await expect.poll(() => heard).toEqual(['test'])
  })

  it('tries no more after it left a channel whose join failed (CH-110)', async () => {
    const denied = connect().channel('room:denied')
    let attempts = 0
    await new Promise<void>((resolve) => {
      denied.join().receive('error', () => {
        attempts += 1
        denied.leave()
        resolve()
      })
    })
    await clock.sleep(200)
    expect(attempts).toBe(1)
  })

  it('says each time that it is open, and asks for its params anew (CH-98, CH-99, CH-113)', async () => {
    let opens = 0
    let asked = 0
    const params = () => {
      asked += 1
      return { who: `me${asked}` }
    }
    const user = connect('/params', { params } as never)
    user.onOpen(() => {
      opens += 1
    })
    await join(user.channel('valid'))
    // Closed by the id that the second connection does not have any more.
    pubsub.broadcast('params:me1', 'disconnect', {})
    await expect.poll(() => [opens, asked], { timeout: 3_000 }).toEqual([2, 2])
  })

  it('beats once for a connection, however many topics it holds (CH-24, CH-29)', async () => {
    const beats = async (sockets: number) => {
      let count = 0
      const users = Array.from({ length: sockets }, () => {
        const user = connect('/socket', { heartbeatIntervalMs: 50 })
        const push = user.push.bind(user)
        user.push = (message: object) => {
          if ((message as { event: string }).event === 'heartbeat') count += 1
          push(message)
        }
        return user
      })
      const topics = ['ping', 'ping:a', 'ping:b', 'ping:c']
      await Promise.all(topics.map((topic, index) => join(users[index % sockets]!.channel(topic))))
      count = 0
      await clock.sleep(400)
      return count
    }
    const [one, four] = [await beats(1), await beats(4)]
    expect(one).toBeGreaterThan(2)
    expect(four).toBeGreaterThan(2.5 * one)
  })

  it('carries bytes both ways (CH-36)', async () => {
    const channel = connect().channel('room:bytes')
    await join(channel)
    const bytes = new Uint8Array([1, 2, 3, 255]).buffer
    const [hook, response] = await outcome(channel.push('echo', bytes as never))
    expect([hook, [...new Uint8Array(response as ArrayBuffer)]]).toEqual(['ok', [1, 2, 3, 255]])
  })

  it('falls back to long poll where no WebSocket can be had (CH-22)', async () => {
    const kept = new Map<string, string>()
    const sessionStorage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    }
    const user = connect('/polled', { longPollFallbackMs: 300, sessionStorage } as never)
    const ping = user.channel('ping')
    expect(await join(ping)).toEqual(['ok', {}])
    expect(await outcome(ping.push('ping', {}))).toEqual(['ok', { ping: 'pong' }])
  })
})
