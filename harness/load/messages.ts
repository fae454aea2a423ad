import { jsonIn } from '../platform/json.ts'

/** How the generator writes and reads the messages of one version of the protocol. */
export interface Wording {
  join(topic: string): string
  heartbeat(): string
  /** `payload` is JSON already. */
  push(ref: number, topic: string, event: string, payload: string): string
  /** Returns the ref of the reply in these bytes, or -1 for everything else. */
  replyRef(data: Buffer, from: number, to: number): number
  /** Returns a function that reads the number `i` of a broadcast's payload, or -1 for everything else. */
  broadcastIndex(topic: string, event: string): (data: Buffer, from: number, to: number) => number
}

export const versions = ['1.0.0', '2.0.0'] as const
export type Version = (typeof versions)[number]

/** Join refs and the refs of heartbeats are lower than those of measured pushes. */
export const firstRef = 10
const [zero, nine, quote, brace] = [...'09"}'].map((letter) => letter.charCodeAt(0)) as [number, number, number, number]
const replyStart = Buffer.from('["1","')

const v2: Wording = {
  join: (topic) => JSON.stringify(['1', '1', topic, 'phx_join', {}]),
  heartbeat: () => JSON.stringify([null, '0', 'phoenix', 'heartbeat', {}]),
  push: (ref, topic, event, payload) => `["1","${ref}",${JSON.stringify(topic)},${JSON.stringify(event)},${payload}]`,
  replyRef: (data, from, to) =>
    startsWith(data, from, replyStart) ? digitsFrom(data, from + replyStart.length, to) : -1,
  broadcastIndex: (topic, event) => indexBehind(`[null,null,${JSON.stringify(topic)},${JSON.stringify(event)},{"i":`),
}

const v1: Wording = {
  join: (topic) => JSON.stringify({ topic, event: 'phx_join', payload: {}, ref: '1', join_ref: '1' }),
  heartbeat: () => JSON.stringify({ topic: 'phoenix', event: 'heartbeat', payload: {}, ref: '0' }),
  push: (ref, topic, event, payload) =>
    `{"topic":${JSON.stringify(topic)},"event":${JSON.stringify(event)},"payload":${payload},"ref":"${ref}","join_ref":"1"}`,
  replyRef(data, from, to) {
    const ref = digitsBefore(data, from, to)
    return ref === -1 ? refOf(data.toString('utf8', from, to)) : ref
  },
  broadcastIndex: (topic, event) =>
    indexBehind(`{"topic":${JSON.stringify(topic)},"event":${JSON.stringify(event)},"payload":{"i":`),
}

export const wordingOf: Readonly<Record<Version, Wording>> = { '1.0.0': v1, '2.0.0': v2 }

const errorStatus = Buffer.from('"status":"error"')

/** Whether a reply says that the push failed. */
export const isError = (data: Buffer, from: number, to: number): boolean => {
  const at = data.indexOf(errorStatus, from)
  return at !== -1 && at < to
}

function indexBehind(prefix: string) {
  const bytes = Buffer.from(prefix)
  return (data: Buffer, from: number, to: number) =>
    startsWith(data, from, bytes) ? digitsFrom(data, from + bytes.length, to) : -1
}

function startsWith(data: Buffer, from: number, bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += 1) if (data[from + at] !== bytes[at]) return false
  return true
}

function digitsFrom(data: Buffer, from: number, to: number): number {
  let value = 0
  let at = from
  for (; at < to; at += 1) {
    const byte = data[at]!
    if (byte < zero || byte > nine) break
    value = value * 10 + byte - zero
  }
  return at === from ? -1 : value
}

/** The number in front of `"}`, which ends a message whose last key is its ref. */
function digitsBefore(data: Buffer, from: number, to: number): number {
  if (data[to - 1] !== brace || data[to - 2] !== quote) return -1
  let first = to - 2
  while (first > from && data[first - 1]! >= zero && data[first - 1]! <= nine) first -= 1
  return data[first - 1] === quote ? digitsFrom(data, first, to - 2) : -1
}

/** A server may write the keys of an object in another order. */
function refOf(text: string): number {
  const { ref } = Object(jsonIn(text)) as { ref?: unknown }
  return typeof ref === 'string' && /^\d+$/.test(ref) ? Number(ref) : -1
}
