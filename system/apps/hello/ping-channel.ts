import { channel, type HandleResult, noreply, ok, reply, stop } from '../../channels/index.ts'

/** The channel of the protocol's demonstrations (CH-116..122). Any join is accepted: the topic is public (CH-95). */
export const pingChannel = channel({
  name: 'PingChannel',
  join: () => ok(),
  intercept: ['request_ping'],
  handleIn(event, payload): HandleResult {
    if (event === 'ping' && has(payload, 'ack_phrase')) return reply('ok', { ping: payload.ack_phrase })
    if (event === 'ping') return reply('ok', { ping: 'pong' })
    if (event.startsWith('ping:')) return reply('ok', { ping: event.slice('ping:'.length) })
    if (event === 'pong') return noreply()
    if (event === 'ding') return stop('normal', { status: 'ok', response: { msg: 'shutting down' } })
    if (event === 'param_ping') return paramPing(payload)
    throw new Error(`PingChannel has no handler for ${event}`)
  },
  handleOut(_event, payload, { nodeName, push }) {
    push('send_ping', { ...(payload as object), from_node: nodeName })
    return noreply()
  },
})

const paramPing = (payload: unknown) =>
  has(payload, 'error') && payload.error === true
    ? reply('error', { reason: 'You asked for this!' })
    : reply('ok', payload)

const has = <K extends string>(value: unknown, key: K): value is Record<K, unknown> =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
