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

/** JSON without bytes in it: they would arrive as an object of numbers, which is nobody's intention. Throws on such a payload. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value)
  // Looking at every value costs more than the encoding itself, so it is done only where bytes may have left their traces.
  return text.includes('{"type":"Buffer"') || text.includes('{"0":') ? JSON.stringify(value, refuseBytes) : text
}

function refuseBytes(_key: string, value: unknown) {
  const isBuffer = typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer'
  if (isBytes(value) || (isBuffer && 'data' in value && Array.isArray(value.data)))
    throw new TypeError('bytes cannot be nested in a JSON payload; send them as the whole payload')
  return value
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
