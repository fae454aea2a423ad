import { type Channel, Socket } from 'phoenix'
import { clientHeartbeatMs, pushWithinMs } from '../../timing.ts'
import { webSocketClass } from './client-socket.ts'
import type { Network } from './network.ts'
import type { Recorder } from './recorder.ts'

export interface World {
  network: Network
  recorder: Recorder
}

interface ConnectionOptions extends World {
  /** As it stands in the record: `alice#2`. */
  who: string
  /** Whose links it uses: `alice`. */
  from: string
  node: string
  path: string
  params?: object
}

const lifecycle = new Set(['phx_reply', 'phx_join', 'phx_leave', 'phx_error', 'phx_close'])

/** Whoever knows a cart's id holds the cart, so it stands in no record (CT-18). */
const withoutCartId = (topic: string) => topic.replace(/^cart:.*/, 'cart:[id]')

/** A cart's items by their ids; its signed copy tells nobody anything. */
function inBrief(payload: unknown) {
  const { items } = payload as { items?: { id: number; out_of_stock: boolean }[] }
  return items ? { items: items.map(({ id, out_of_stock }) => ({ id, out_of_stock })) } : payload
}

export type Connection = ReturnType<typeof openConnection>

/** The official client over the simulated network, and a record of what it saw. */
export function openConnection({ network, recorder, who, from, node, path, params = {} }: ConnectionOptions) {
  const channels: Channel[] = []
  let isOpen = false
  let isClosed = false
  const socket = new Socket(`ws://${node}${path}`, {
    transport: webSocketClass(network, from) as never,
    heartbeatIntervalMs: clientHeartbeatMs,
    timeout: pushWithinMs,
    params,
  })
  socket.onOpen(() => {
    isOpen = true
    recorder.record({ who, type: 'connect', node })
  })
  // Also called for every attempt that was refused; only who was connected can be disconnected.
  socket.onClose(() => {
    if (isOpen) recorder.record({ who, type: 'disconnect', node })
    isOpen = false
  })
  socket.onMessage(((message: { topic: string; event: string; payload: unknown; join_ref?: string }) => {
    // What was on its way when the client closed the connection is shown to nobody.
    if (isClosed) return
    const { event, payload, join_ref } = message
    const topic = withoutCartId(message.topic)
    if (event === 'phx_error' || event === 'phx_close') recorder.record({ who, type: 'leave', topic, node, event })
    if (topic !== 'phoenix' && !lifecycle.has(event))
      recorder.record({ who, type: 'receive', topic, event, joinRef: join_ref ?? null, value: inBrief(payload), node })
  }) as never)
  socket.connect()

  return {
    join(topic: string, joinParams: () => object = () => ({})) {
      const channel = socket.channel(topic, joinParams)
      channels.push(channel)
      // The hook runs again on every rejoin, which is just what has to be written down.
      channel.join().receive('ok', () => recorder.record({ who, type: 'join', topic: withoutCartId(topic), node }))
      return channel
    },
    joins: () => ({
      connected: socket.isConnected(),
      expected: channels.map(({ topic }) => withoutCartId(topic)),
      joined: channels.filter(({ state }) => state === 'joined').map(({ topic }) => withoutCartId(topic)),
    }),
    close() {
      isClosed = true
      socket.disconnect()
    },
  }
}
