import type { Channel } from 'phoenix'
import type { Cluster } from '../cluster/cluster.ts'
import { clientEvent } from '../history/client-kinds.ts'
import type { Present } from '../history/inventory.ts'
import type { Recorder } from '../history/recorder.ts'
import { shortened } from '../history/shortened.ts'
import { until } from '../platform/until.ts'
import { createOfficialSocket } from './official-socket.ts'
import { recordedWebSocket } from './socket-watch.ts'

/** The official channel client in Node, over its own links. */
export interface ChannelClient {
  readonly name: string
  join(topic: string): Promise<void>
  /** Resolves with the reply; rejects with an error reply or when there is none. */
  push(topic: string, event: string, payload: object): Promise<unknown>
  /** Returns which hook of the push ran, and with what payload (CH-101). */
  ask(topic: string, event: string, payload: object, withinMs?: number): Promise<Answer>
  leave(topic: string): Promise<void>
  joins(): { connected: boolean; expected: string[]; joined: string[] }
  present(): Present
  close(): void
}

export interface Answer {
  status: 'ok' | 'error' | 'timeout'
  response?: unknown
}

export interface ClientOptions {
  /** The path of the socket. */
  socket?: string
  /** Called for every connection attempt (CH-99). */
  params?: () => object
  /** Whose link the client uses; a fault on a shared link affects all who share it. Default: its own. */
  over?: string
}

interface OpenClientOptions extends ClientOptions {
  name: string
  node: string
  cluster: Cluster
  recorder: Recorder
}

const connectWithinMs = 5_000
const pushWithinMs = 5_000
const lifecycle = new Set(['phx_reply', 'phx_join', 'phx_leave', 'phx_error', 'phx_close'])

export async function openChannelClient(options: OpenClientOptions): Promise<ChannelClient> {
  const { name, node, cluster, recorder, socket: mount = '/socket', params = () => ({}) } = options
  const link = await cluster.links.link(options.over ?? name, node)
  recorder.record(clientEvent({ who: name, node, kind: 'V2', owner: options.over ?? name }))
  const channels = new Map<string, Channel>()
  const socket = createOfficialSocket(`ws://${link.host}:${link.port}${mount}`, {
    params,
    transport: recordedWebSocket({ who: name, node, link: link.name, recorder }),
    timeout: pushWithinMs,
  })
  let isOpen = false
  socket.onOpen(() => {
    isOpen = true
    recorder.record({ who: name, type: 'connect', node })
  })
  // Also called for every rejected attempt; only a connected client can be disconnected.
  socket.onClose(() => {
    if (isOpen) recorder.record({ who: name, type: 'disconnect', node })
    isOpen = false
  })
  socket.onMessage(((message: { topic: string; event: string; payload: unknown; join_ref?: string }) => {
    const { topic, event, payload, join_ref } = message
    if (event === 'phx_error' || event === 'phx_close')
      recorder.record({ who: name, type: 'leave', topic, node, event })
    if (topic !== 'phoenix' && !lifecycle.has(event))
      recorder.record({
        who: name,
        type: 'receive',
        topic,
        event,
        joinRef: join_ref ?? null,
        value: shortened(payload),
        node,
      })
  }) as never)
  socket.connect()
  await until(() => socket.isConnected(), { what: `${name} connects to ${node}`, withinMs: connectWithinMs })

  const find = (topic: string) => {
    const channel = channels.get(topic)
    if (!channel) throw new Error(`${name} has not joined ${topic}`)
    return channel
  }

  return {
    name,
    join(topic) {
      const channel = socket.channel(topic, {})
      channels.set(topic, channel)
      return new Promise((resolve, reject) => {
        // The hook runs again on every rejoin, so that rejoins are recorded too.
        channel
          .join()
          .receive('ok', () => {
            recorder.record({ who: name, type: 'join', topic, node })
            resolve()
          })
          .receive('error', (response) => reject(new Error(`join of ${topic} refused: ${JSON.stringify(response)}`)))
          .receive('timeout', () => reject(new Error(`join of ${topic} timed out`)))
      })
    },
    ask: (topic, event, payload, withinMs = pushWithinMs) =>
      new Promise((resolve) => {
        find(topic)
          .push(event, payload, withinMs)
          .receive('ok', (response) => resolve({ status: 'ok', response }))
          .receive('error', (response) => resolve({ status: 'error', response }))
          .receive('timeout', () => resolve({ status: 'timeout' }))
      }),
    push: (topic, event, payload) =>
      new Promise((resolve, reject) => {
        find(topic)
          .push(event, payload)
          .receive('ok', resolve)
          .receive('error', (response) => reject(new Error(JSON.stringify(response))))
          .receive('timeout', () => reject(new Error(`${event} timed out`)))
      }),
    async leave(topic) {
      recorder.record({ who: name, type: 'leave', topic, node })
      find(topic).leave()
      channels.delete(topic)
    },
    joins: () => ({
      connected: socket.isConnected(),
      expected: [...channels.keys()],
      joined: [...channels].filter(([, { state }]) => state === 'joined').map(([topic]) => topic),
    }),
    present: () => ({
      who: name,
      node,
      connections: socket.isConnected() ? 1 : 0,
      polls: 0,
      channels: socket.isConnected() ? channels.size : 0,
    }),
    close: () => socket.disconnect(),
  }
}
