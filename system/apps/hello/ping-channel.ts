import { scryptSync } from 'node:crypto'
import { channel, type HandleResult, noreply, ok, reply, stop } from '../../channels/index.ts'

interface PingQuirks {
  ignoreAckPhrase?: boolean
  undeclared?: boolean
  /** DF-127: hears what it has nothing to say to. */
  interceptAll?: boolean
  /** DF-50: each join is checked as if it were a password. */
  costlyJoin?: boolean
}

/** The channel of the protocol's demonstrations (CH-116..122). Any join is accepted: the topic is public (CH-95). */
export const createPingChannel = ({
  ignoreAckPhrase = false,
  undeclared = false,
  interceptAll = false,
  costlyJoin = false,
}: PingQuirks = {}) =>
  channel({
    name: 'PingChannel',
    join(topic) {
      if (costlyJoin) scryptSync(topic, 'salt', 32, { N: 2 ** 15, maxmem: 2 ** 26 })
      return ok()
    },
    intercept: undeclared ? [] : ['request_ping', ...(interceptAll ? ['ledger'] : [])],
    handleIn(event, payload): HandleResult {
      if (event === 'ping')
        return reply('ok', { ping: has(payload, 'ack_phrase') && !ignoreAckPhrase ? payload.ack_phrase : 'pong' })
      if (event.startsWith('ping:')) return reply('ok', { ping: event.slice('ping:'.length) })
      if (event === 'pong') return noreply()
      if (event === 'ding') return stop('normal', { status: 'ok', response: { msg: 'shutting down' } })
      if (event === 'param_ping') return paramPing(payload)
      throw new Error(`PingChannel has no handler for ${event}`)
    },
    handleOut(event, payload, { nodeName, push }) {
      if (event !== 'request_ping') push(event, payload)
      else push('send_ping', { ...(payload as object), from_node: nodeName })
      return noreply()
    },
  })

export const pingChannel = createPingChannel()

const paramPing = (payload: unknown) =>
  has(payload, 'error') && payload.error === true
    ? reply('error', { reason: 'You asked for this!' })
    : reply('ok', payload)

const has = <K extends string>(value: unknown, key: K): value is Record<K, unknown> =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
