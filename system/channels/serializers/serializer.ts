import type { BroadcastEncoder } from '../../pubsub/index.ts'
import type { Message } from '../message.ts'

/** A finished message: text for JSON, bytes for binary frames. */
export type Frame = string | Buffer

/** One protocol version: how messages look on the wire. `decode` throws on what cannot be read (CH-14). */
export interface Serializer extends BroadcastEncoder {
  encode(message: Message): Frame
  decode(frame: string | Buffer): Message
}
