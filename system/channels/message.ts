/** A ref is opaque: whatever a client sends comes back as it is (CH-37, CH-38). */
export type Ref = unknown

/** The five parts of every message, `[join_ref, ref, topic, event, payload]` (CH-36). Types are not checked on the way in. */
export interface Message {
  joinRef: Ref
  ref: Ref
  topic: unknown
  event: unknown
  payload: unknown
}

export type Payload = Record<string, unknown> | Uint8Array

export const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array

/** Pushes and broadcasts carry an object or bytes; anything else is the caller's mistake. */
export function assertPayload(value: unknown): asserts value is Payload {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return
  throw new TypeError(`a payload must be an object or bytes, but this one is ${JSON.stringify(value)}`)
}

export const replyTo = (message: Message, joinRef: Ref, status: string, response: unknown): Message => ({
  joinRef,
  ref: message.ref,
  topic: message.topic,
  event: 'phx_reply',
  payload: { status, response },
})

/** The answer to a message for a topic that has no channel on this socket (CH-50). */
export const unmatched = (message: Message): Message => replyTo(message, null, 'error', { reason: 'unmatched topic' })

export const closed = (topic: unknown, joinRef: Ref): Message => ({
  joinRef,
  ref: joinRef,
  topic,
  event: 'phx_close',
  payload: {},
})

export const crashed = (topic: unknown, joinRef: Ref): Message => ({
  joinRef,
  ref: joinRef,
  topic,
  event: 'phx_error',
  payload: { reason: 'channel_crash' },
})
