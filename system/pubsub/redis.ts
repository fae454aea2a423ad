import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { z } from 'zod'
import { startBeat } from '../platform/beat.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { PubSubAdapter, RemoteMessage } from './adapter.ts'
import { createSentCounter } from './sent.ts'
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

export type RedisPubSub = PubSubAdapter & { readonly counters: PubSubAdapter['counters'] & { remoteLost: number } }

interface Peer {
  connected: boolean
  lastHeardMs: number
  run: string
  lost: number
}

const retryMs = 500
const missedBeatsMax = 3
/** With more than this published and not yet acknowledged, Redis does not keep up: the message is dropped. */
const unacknowledgedMaxBytes = 1_048_576

const from = z.string().min(1)
const news = wirePayload.extend({ type: z.literal('news'), from, topic: z.string(), event: z.string() })
/** `run` changes with each start of the node, `lost` with each broadcast that it had to drop. */
const beat = z.object({ type: z.literal('beat'), from, run: z.string(), lost: z.number() })
const wireMessage = z.discriminatedUnion('type', [news, beat])

type News = z.infer<typeof news>
type Beat = z.infer<typeof beat>

/**
 * Broadcasts through one Redis server: every node subscribes to one channel of the cluster and one of its own (DP-7, DP-8). One
 * attempt: a message that cannot be published at once is dropped and counted, never queued (DP-9, AM-4). Nodes know of each other by
 * heartbeats only; without Redis a node goes on serving its own clients (FI-14, NF-18).
 */
export function createRedis(options: RedisPubSubOptions): RedisPubSub {
  const { nodeName, url, prefix = 'squall', heartbeatMs = 1_000, clock, log } = options
  const everybody = `${prefix}:all`
  const only = (name: string) => `${prefix}:node:${name}`
  const timeoutMs = heartbeatMs * missedBeatsMax
  const run = randomUUID()
  const peers = new Map<string, Peer>()
  const counters = { remoteSent: 0, remoteReceived: 0, remoteLost: 0 }
  const peerUpListeners: ((name: string) => void)[] = []
  // A subscribed connection cannot publish.
  const publisher = connection(url, timeoutMs, log)
  const subscriber = connection(url, timeoutMs, log)
  const sent = createSentCounter()
  let unacknowledgedBytes = 0
  let lastEchoMs = 0
  let listening = false
  let endBeat = () => {}

  async function publish(channel: string, text: string, topic: string) {
    if (publisher.status !== 'ready') throw new Error('Redis is not connected')
    if (unacknowledgedBytes > unacknowledgedMaxBytes) throw new Error('Redis does not keep up')
    unacknowledgedBytes += text.length
    sent.count(topic, text)
    await publisher.publish(channel, text).finally(() => {
      unacknowledgedBytes -= text.length
    })
  }

  function send(channel: string, { topic, event, payload }: RemoteMessage) {
    const text = JSON.stringify({ type: 'news', from: nodeName, topic, event, ...packed(payload) } satisfies News)
    publish(channel, text, topic).then(
      () => {
        counters.remoteSent += 1
      },
      (error: Error) => {
        counters.remoteLost += 1
        log.debug({ topic, reason: error.message }, 'redis: a broadcast was dropped')
      },
    )
  }

  function receive(text: string, onRemote: (message: RemoteMessage) => void) {
    const message = parse(text)
    if (!message) return log.warn({ bytes: text.length }, 'redis: dropped undecodable message')
    if (message.from === nodeName) return receiveOwn(message)
    if (message.type === 'beat') return receiveBeat(message)
    counters.remoteReceived += 1
    const { topic, event } = message
    onRemote({ topic, event, payload: unpacked(message) })
  }

  /** Redis sends a node its own messages too: the echo of a heartbeat proves that publishing and subscribing both work. */
  function receiveOwn(message: News | Beat) {
    if (message.type !== 'beat') return
    if (message.run === run) lastEchoMs = clock.monotonicMs()
    else log.error({ name: nodeName }, "redis: another node has the same name; the two ignore each other's messages")
  }

  /** After a peer was new, down, restarted or dropping messages, this node may have missed some of them. */
  function receiveBeat({ from: name, run: peerRun, lost }: Beat) {
    const before = peers.get(name)
    const missedNothing = before?.connected && before.run === peerRun && before.lost === lost
    peers.set(name, { connected: true, lastHeardMs: clock.monotonicMs(), run: peerRun, lost })
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
    log.info('redis: subscribed')
    sendBeat()
  }

  /** Messages of the peers are missed from now on, so all of them are down until they are heard again. */
  function disconnected() {
    if (listening) log.warn('redis: disconnected; serving the clients of this node only')
    listening = false
    for (const [name, peer] of peers) if (peer.connected) peerDown(name, peer)
  }

  const sendBeat = () => {
    const text = JSON.stringify({ type: 'beat', from: nodeName, run, lost: counters.remoteLost } satisfies Beat)
    publish(everybody, text, 'beat').catch((error: Error) =>
      log.debug({ reason: error.message }, 'redis: no heartbeat'),
    )
  }

  function beat(lateMs: number) {
    for (const peer of peers.values()) peer.lastHeardMs += lateMs
    lastEchoMs += lateMs
    const deadlineMs = clock.monotonicMs() - timeoutMs
    for (const [name, peer] of peers) if (peer.connected && peer.lastHeardMs < deadlineMs) peerDown(name, peer)
    if (lastEchoMs < deadlineMs) reconnect()
    sendBeat()
  }

  /** Drops a connection that is open and silent, with what is queued in it: sent later, it would arrive late. */
  function reconnect() {
    lastEchoMs = clock.monotonicMs()
    for (const { stream } of [publisher, subscriber]) stream?.destroy()
  }

  return {
    counters,
    /** Returns before Redis is connected. */
    async start(onRemote) {
      subscriber.on('message', (_channel, text) => receive(text, onRemote))
      subscriber.on('close', disconnected)
      subscriber.on('ready', () => {
        listen().catch((error: Error) => {
          log.warn({ reason: error.message }, 'redis: cannot subscribe')
          subscriber.stream?.destroy()
        })
      })
      publisher.on('ready', sendBeat)
      lastEchoMs = clock.monotonicMs()
      for (const client of [publisher, subscriber]) client.connect().catch(() => {})
      endBeat = startBeat(clock, heartbeatMs, beat)
    },
    async stop() {
      endBeat()
      subscriber.off('close', disconnected)
      for (const client of [publisher, subscriber]) {
        client.disconnect()
        client.stream?.destroy()
      }
    },
    broadcast: (message) => send(everybody, message),
    directBroadcast: (toNode, message) => send(only(toNode), message),
    sent: sent.read,
    queuedBytes: () => unacknowledgedBytes,
    peers: () => Object.fromEntries([...peers].map(([name, { connected }]) => [name, { connected }])),
    onPeerUp: (listener) => void peerUpListeners.push(listener),
  }
}

/** Reconnects by itself and queues nothing meanwhile. Ready when Redis has replied, not when the port accepted the connection. */
function connection(url: string, timeoutMs: number, log: Log): Redis {
  const client = new Redis(url, {
    lazyConnect: true,
    protocol: 2,
    disableClientInfo: true,
    connectTimeout: timeoutMs,
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
