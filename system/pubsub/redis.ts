import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { z } from 'zod'
import { startBeat } from '../platform/beat.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { PubSubAdapter, RemoteMessage } from './adapter.ts'
import { packed, unpacked, wirePayload } from './wire-payload.ts'

export interface RedisPubSubOptions {
  nodeName: string
  /** `redis://[user:password@]host:port` */
  url: string
  /** Clusters that share a Redis have different prefixes. */
  prefix?: string
  heartbeatMs?: number
  clock: Clock
  log: Log
}

export type RedisPubSub = PubSubAdapter & { readonly counters: PubSubAdapter['counters'] & { meshLost: number } }

interface Peer {
  connected: boolean
  lastHeardMs: number
  run: string
  lost: number
}

const retryMs = 500
const silentBeats = 3
/** More than this handed to Redis and not taken yet means that it does not keep up: the message is dropped. */
const backedUpBytes = 1_048_576

const from = z.string().min(1)
const news = wirePayload.extend({ type: z.literal('news'), from, topic: z.string(), event: z.string() })
/** `run` is another one after each start of the node, `lost` another one after each broadcast that it had to drop. */
const beat = z.object({ type: z.literal('beat'), from, run: z.string(), lost: z.number() })
const wireMessage = z.discriminatedUnion('type', [news, beat])

type News = z.infer<typeof news>
type Beat = z.infer<typeof beat>

/**
 * Broadcasts through one Redis server: every node publishes to, and listens on, one channel of the cluster and one of its own
 * (DP-7, DP-8). One attempt: what cannot be handed over at once is dropped and counted, never kept (DP-9, AM-4). Nodes know of each
 * other by heartbeats only; a node without Redis is alone, and well (FI-14, NF-18).
 */
export function createRedis(options: RedisPubSubOptions): RedisPubSub {
  const { nodeName, url, prefix = 'squall', heartbeatMs = 1_000, clock, log } = options
  const everybody = `${prefix}:all`
  const only = (name: string) => `${prefix}:node:${name}`
  const silentMs = heartbeatMs * silentBeats
  const run = randomUUID()
  const peers = new Map<string, Peer>()
  const counters = { meshSent: 0, meshReceived: 0, meshLost: 0 }
  const peerUpListeners: ((name: string) => void)[] = []
  // A connection that listens cannot publish.
  const publisher = connection(url, silentMs, log)
  const subscriber = connection(url, silentMs, log)
  let waitingBytes = 0
  let lastEchoMs = 0
  let listening = false
  let endBeat = () => {}

  async function hand(channel: string, text: string) {
    if (publisher.status !== 'ready') throw new Error('Redis is away')
    if (waitingBytes > backedUpBytes) throw new Error('Redis does not keep up')
    waitingBytes += text.length
    await publisher.publish(channel, text).finally(() => {
      waitingBytes -= text.length
    })
  }

  function send(channel: string, { topic, event, payload }: RemoteMessage) {
    const text = JSON.stringify({ type: 'news', from: nodeName, topic, event, ...packed(payload) } satisfies News)
    hand(channel, text).then(
      () => {
        counters.meshSent += 1
      },
      (error: Error) => {
        counters.meshLost += 1
        log.debug({ topic, reason: error.message }, 'redis: a broadcast was dropped')
      },
    )
  }

  function receive(text: string, onRemote: (message: RemoteMessage) => void) {
    const message = parse(text)
    if (!message) return log.warn({ bytes: text.length }, 'redis: a message that cannot be read was dropped')
    if (message.from === nodeName) return receiveOwn(message)
    if (message.type === 'beat') return receiveBeat(message)
    counters.meshReceived += 1
    const { topic, event } = message
    onRemote({ topic, event, payload: unpacked(message) })
  }

  /** Redis sends a node its own messages too: the echo of a beat shows that the whole way works. */
  function receiveOwn(message: News | Beat) {
    if (message.type !== 'beat') return
    if (message.run === run) lastEchoMs = clock.monotonicMs()
    else log.error({ name: nodeName }, 'redis: another node has the name of this one; they do not hear each other')
  }

  /** A peer that is new, was away, began anew or dropped something may have said what nobody heard here. */
  function receiveBeat({ from: name, run: itsRun, lost }: Beat) {
    const before = peers.get(name)
    const missedNothing = before?.connected && before.run === itsRun && before.lost === lost
    peers.set(name, { connected: true, lastHeardMs: clock.monotonicMs(), run: itsRun, lost })
    if (missedNothing) return
    if (!before?.connected) log.info({ peer: name }, 'redis: peer is up')
    for (const listener of peerUpListeners) listener(name)
  }

  function peerDown(name: string, peer: Peer) {
    peer.connected = false
    log.warn({ peer: name }, 'redis: peer is down')
  }

  async function listen() {
    await subscriber.subscribe(everybody, only(nodeName))
    lastEchoMs = clock.monotonicMs()
    listening = true
    log.info('redis: this node hears the others')
    beatOnce()
  }

  /** Whatever the peers say from now on is missed: when they are heard again, they come up again. */
  function deaf() {
    if (listening) log.warn('redis: this node is alone until Redis is back')
    listening = false
    for (const [name, peer] of peers) if (peer.connected) peerDown(name, peer)
  }

  const beatOnce = () => {
    const text = JSON.stringify({ type: 'beat', from: nodeName, run, lost: counters.meshLost } satisfies Beat)
    hand(everybody, text).catch((error: Error) => log.debug({ reason: error.message }, 'redis: no heartbeat'))
  }

  function beat(lateMs: number) {
    for (const peer of peers.values()) peer.lastHeardMs += lateMs
    lastEchoMs += lateMs
    const deadlineMs = clock.monotonicMs() - silentMs
    for (const [name, peer] of peers) if (peer.connected && peer.lastHeardMs < deadlineMs) peerDown(name, peer)
    if (lastEchoMs < deadlineMs) startAgain()
    beatOnce()
  }

  /** A connection that is open and silent is dropped at once, with what waits in it: sent later, it would arrive late. */
  function startAgain() {
    lastEchoMs = clock.monotonicMs()
    for (const { stream } of [publisher, subscriber]) stream?.destroy()
  }

  return {
    counters,
    /** Does not wait for Redis. */
    async start(onRemote) {
      subscriber.on('message', (_channel, text) => receive(text, onRemote))
      subscriber.on('close', deaf)
      subscriber.on('ready', () => {
        listen().catch((error: Error) => {
          log.warn({ reason: error.message }, 'redis: cannot listen')
          subscriber.stream?.destroy()
        })
      })
      publisher.on('ready', beatOnce)
      lastEchoMs = clock.monotonicMs()
      for (const client of [publisher, subscriber]) client.connect().catch(() => {})
      endBeat = startBeat(clock, heartbeatMs, beat)
    },
    async stop() {
      endBeat()
      subscriber.off('close', deaf)
      for (const client of [publisher, subscriber]) {
        client.disconnect()
        client.stream?.destroy()
      }
    },
    broadcast: (message) => send(everybody, message),
    directBroadcast: (toNode, message) => send(only(toNode), message),
    peers: () => Object.fromEntries([...peers].map(([name, { connected }]) => [name, { connected }])),
    onPeerUp: (listener) => void peerUpListeners.push(listener),
  }
}

/** Comes back by itself, and keeps nothing for then. It is ready when Redis has answered, not when a port took the connection. */
function connection(url: string, silentMs: number, log: Log): Redis {
  const client = new Redis(url, {
    lazyConnect: true,
    protocol: 2,
    disableClientInfo: true,
    connectTimeout: silentMs,
    disconnectTimeout: 0,
    retryStrategy: () => retryMs,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
  })
  client.on('error', (error) => log.debug({ reason: error.message }, 'redis: the connection broke'))
  client.on('end', () => log.debug('redis: the connection is given up'))
  return client
}

function parse(text: string): News | Beat | undefined {
  try {
    return wireMessage.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
