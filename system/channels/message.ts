import { isDeepStrictEqual } from 'node:util'

/** A ref is opaque: it is sent back as the client sent it (CH-37, CH-38). */
export type Ref = unknown

/** By value: a ref may be a list, which is another object each time it is decoded. */
export const isSameRef = (one: Ref, other: Ref): boolean => one === other || isDeepStrictEqual(one, other)

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

/** Far deeper than any sensible message, and far below the depth at which JSON.stringify overflows the stack. */
const depthMax = 1_000

/** Parses a client's text. Throws if it is not JSON, or nested so deep that it could not be encoded again (CH-14, FI-16). */
export function fromJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  // A shorter text cannot hold that many brackets.
  if (text.length > 2 * depthMax && isDeeper(value, depthMax))
    throw new RangeError(`a message may be nested ${depthMax} levels deep, but this one is deeper`)
  return value
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  for (const inner of Object.values(value)) if (isDeeper(inner, levels - 1)) return true
  return false
}

/** Encodes JSON. Throws if there are bytes in the value, which would arrive as an object of numbers. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value)
  // A replacer costs more than the encoding itself, so it runs only if the text looks as if it contained bytes.
  return bytesMark.test(text) ? JSON.stringify(value, refuseBytes) : text
}

/** What encoded bytes begin with. */
const bytesMark = /\{"type":"Buffer"|\{"0":\d/

/** Looks at `this[key]` instead of `value`, because a Buffer has already been converted by its toJSON. */
function refuseBytes(this: Record<string, unknown>, key: string, value: unknown) {
  if (isBytes(this[key]))
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

/** The reply to a message for a topic that is not joined on this socket (CH-50). */
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
