import { fromJson, isBytes, type Message, toJson } from '../message.ts'
import type { Frame, Serializer } from './serializer.ts'

/**
 * Version 2: text frames are `[join_ref, ref, topic, event, payload]`. Binary frames carry bytes: kind, one size byte for each
 * string, the strings, then the data. 0 push, 1 reply, 2 broadcast; a client's push has a ref, a server's has none.
 */
export const v2: Serializer = {
  vsn: '2.0.0',
  encode: (message) => encodeBinary(message) ?? encodeText(message),
  encodeBroadcast: (topic, event, payload) =>
    isBytes(payload)
      ? binaryFrame(2, [topic, event], payload)
      : encodeText({ joinRef: null, ref: null, topic, event, payload }),
  decode: (frame) => (typeof frame === 'string' ? decodeText(frame) : decodeBinary(frame)),
}

const encodeText = ({ joinRef, ref, topic, event, payload }: Message) => toJson([joinRef, ref, topic, event, payload])

function encodeBinary({ joinRef, ref, topic, event, payload }: Message): Frame | undefined {
  if (isBytes(payload)) return binaryFrame(0, [joinRef, topic, event], payload)
  if (event !== 'phx_reply' || !isRecord(payload) || !isBytes(payload.response)) return undefined
  return binaryFrame(1, [joinRef, ref, topic, payload.status], payload.response)
}

function binaryFrame(kind: number, fields: readonly unknown[], data: Uint8Array): Buffer {
  const strings = fields.map((field) => Buffer.from(field === null || field === undefined ? '' : String(field)))
  const tooLong = strings.find(({ length }) => length > 255)
  if (tooLong) throw new RangeError(`a binary frame allows 255 bytes for each field, but one has ${tooLong.length}`)
  return Buffer.concat([Buffer.from([kind, ...strings.map(({ length }) => length)]), ...strings, data])
}

function decodeText(text: string): Message {
  const parts: unknown = fromJson(text)
  if (!Array.isArray(parts) || parts.length < 5) throw new TypeError('a message is an array of five elements')
  const [joinRef, ref, topic, event, payload] = parts
  return { joinRef, ref, topic, event, payload }
}

function decodeBinary(frame: Buffer): Message {
  if (frame.length < 5 || frame[0] !== 0)
    throw new TypeError('a binary message from a client starts with 0 and four sizes')
  let offset = 5
  const take = (size: number) => {
    if (offset + size > frame.length) throw new TypeError('a binary message is shorter than its sizes say')
    offset += size
    return frame.toString('utf8', offset - size, offset)
  }
  const [joinRef, ref, topic, event] = [frame[1]!, frame[2]!, frame[3]!, frame[4]!].map(take)
  return { joinRef, ref, topic, event, payload: frame.subarray(offset) }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
