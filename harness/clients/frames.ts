/** A message of the protocol as both versions carry it; a reply has the event `phx_reply` and `{ status, response }`. */
export interface Message {
  joinRef: string | null
  ref: string | null
  topic: string
  event: string
  /** An object, or bytes in a binary frame. */
  payload: unknown
}

export type Version = '1.0.0' | '2.0.0'

/** A frame as a transport hands it over. */
export type RawFrame = string | Buffer

/** `[join_ref, ref, topic, event, payload]`, of whatever types. */
export type Parts = [joinRef: unknown, ref: unknown, topic: unknown, event: unknown, payload: unknown]

export interface Unreadable {
  why: string
  /** What the frame begins with, and its length. */
  beginning: string
}

export type Read<T> = { kind: 'read'; value: T } | ({ kind: 'unreadable' } & Unreadable)

/** Reads the five parts of a frame, whatever their types: a node returns the refs and topics that a client made up. */
export const readParts = (version: Version, frame: RawFrame): Read<Parts> =>
  reading(frame, () => partsOf(version, frame))

/**
 * Reads a frame for a client that keeps to the protocol. Written independently of the system's serializers and of the official client's,
 * and stricter than both.
 */
export const readMessage = (version: Version, frame: RawFrame): Read<Message> =>
  reading(frame, () => messageOf(partsOf(version, frame)))

function reading<T>(frame: RawFrame, read: () => T): Read<T> {
  try {
    return { kind: 'read', value: read() }
  } catch (error) {
    return { kind: 'unreadable', why: (error as Error).message, beginning: beginningOf(frame) }
  }
}

function partsOf(version: Version, frame: RawFrame): Parts {
  if (typeof frame === 'string') return version === '1.0.0' ? partsOfV1(parsed(frame)) : partsOfV2(parsed(frame))
  if (version === '1.0.0') throw new Error('version 1 has no binary frames')
  return partsOfBinary(frame)
}

function messageOf([joinRef, ref, topic, event, payload]: Parts): Message {
  return {
    joinRef: textOrNull(joinRef, 'join_ref'),
    ref: textOrNull(ref, 'ref'),
    topic: text(topic, 'topic'),
    event: text(event, 'event'),
    payload: object(payload),
  }
}

function parsed(frame: string): unknown {
  try {
    return JSON.parse(frame)
  } catch {
    throw new Error('it is not JSON')
  }
}

function partsOfV2(value: unknown): Parts {
  if (Array.isArray(value) && value.length === 5) return value as Parts
  throw new Error('a message of version 2 is a list of five')
}

const keysOfV1 = 'event,payload,ref,topic'

function partsOfV1(value: unknown): Parts {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value).sort().join() : ''
  if (keys !== keysOfV1) throw new Error(`a message of version 1 has the keys ${keysOfV1}`)
  const { ref, topic, event, payload } = value as Record<string, unknown>
  return [null, ref, topic, event, payload]
}

function text(value: unknown, what: string): string {
  if (typeof value === 'string') return value
  throw new Error(`the ${what} is ${JSON.stringify(value)}, and must be text`)
}

const textOrNull = (value: unknown, what: string) => (value === null ? null : text(value, what))

function object(value: unknown): object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new Error(`the payload is ${JSON.stringify(value)}, and must be an object`)
}

/** Kind -> the fields of its head, each with one size byte; then comes the data. */
const binaryKinds: readonly (readonly (keyof Message | 'status')[])[] = [
  ['joinRef', 'topic', 'event'],
  ['joinRef', 'ref', 'topic', 'status'],
  ['topic', 'event'],
]

function partsOfBinary(frame: Buffer): Parts {
  const fields = binaryKinds[frame[0] ?? -1]
  if (!fields) throw new Error(`a binary frame begins with 0, 1 or 2, and this one with ${frame[0]}`)
  let offset = 1 + fields.length
  const found: Record<string, string> = {}
  for (const [index, field] of fields.entries()) {
    const size = frame[1 + index] ?? 0
    if (offset + size > frame.length) throw new Error('it is shorter than its sizes say')
    found[field] = utf8.decode(frame.subarray(offset, offset + size))
    offset += size
  }
  const { joinRef = null, ref = null, topic = '', event = 'phx_reply', status } = found
  const data = frame.subarray(offset)
  return [joinRef, ref, topic, event, status === undefined ? data : { status, response: data }]
}

/** Throws on bytes that are no UTF-8. */
const utf8 = new TextDecoder('utf-8', { fatal: true })

const shownMax = 60

function beginningOf(frame: RawFrame): string {
  const start =
    typeof frame === 'string'
      ? JSON.stringify(frame.slice(0, shownMax))
      : `0x${frame.subarray(0, shownMax / 2).toString('hex')}`
  return `${start} (${frame.length} ${typeof frame === 'string' ? 'characters' : 'bytes'})`
}

/** A message of a client as a frame: binary for bytes, which only version 2 can carry, else text. */
export function writeParts(version: Version, parts: Parts): RawFrame {
  const [joinRef, ref, topic, event, payload] = parts
  if (version === '1.0.0') return JSON.stringify({ topic, event, payload, ref, join_ref: joinRef })
  if (!Buffer.isBuffer(payload)) return JSON.stringify(parts)
  const fields = [joinRef, ref, topic, event].map((field) => Buffer.from(String(field ?? '')))
  return Buffer.concat([Buffer.from([0, ...fields.map(({ length }) => length)]), ...fields, payload])
}
