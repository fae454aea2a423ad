import { isSameRef, type Message, type Ref, replyTo, unmatched } from './message.ts'

/** A channel as the protocol step sees it. */
export interface Joined {
  /** As it was sent: null when the join had none. */
  joinRef: Ref
  leaving: boolean
}

export interface SocketRules<J extends Joined> {
  channels: ReadonlyMap<unknown, J>
  channelsMax: number
  isRouted(topic: unknown): boolean
}

export type Effect<J extends Joined> =
  | { do: 'send'; message: Message }
  | { do: 'join'; message: Message; replaces: J | undefined }
  | { do: 'leave'; message: Message; joined: J }
  | { do: 'deliver'; message: Message; joined: J }
  | { do: 'ignore'; why: 'stale join_ref' | 'leaving' }

/** The protocol of one connection: returns the effect of a message, given the joined channels. Pure; one line for each situation. */
export function receive<J extends Joined>(message: Message, rules: SocketRules<J>): Effect<J> {
  const { topic, event } = message
  if (topic === 'phoenix' && event === 'heartbeat') return send(replyTo(message, null, 'ok', {}))
  const joined = rules.channels.get(topic)
  if (event === 'phx_join') return join(message, joined, rules)
  if (!joined) return send(event === 'phx_leave' ? replyTo(message, message.joinRef, 'ok', {}) : unmatched(message))
  if (message.joinRef !== null && !isSameRef(message.joinRef, joined.joinRef))
    return { do: 'ignore', why: 'stale join_ref' }
  if (joined.leaving) return { do: 'ignore', why: 'leaving' }
  if (event === 'phx_leave') return { do: 'leave', message, joined }
  return { do: 'deliver', message, joined }
}

function join<J extends Joined>(message: Message, replaces: J | undefined, rules: SocketRules<J>): Effect<J> {
  if (message.topic === 'phoenix' || !rules.isRouted(message.topic)) return send(unmatched(message))
  if (!replaces && rules.channels.size >= rules.channelsMax)
    return send(replyTo(message, message.joinRef, 'error', { reason: 'too many channels joined' }))
  return { do: 'join', message, replaces }
}

const send = (message: Message) => ({ do: 'send', message }) as const
