import type { BroadcastEncoder } from '../../pubsub/index.ts'
import type { Message } from '../message.ts'

/** An encoded message: text for JSON, bytes for binary frames. */
export type Frame = string | Buffer

/** The wire format of one protocol version. `decode` throws on a malformed frame (CH-14). */
export interface Serializer extends BroadcastEncoder {
  encode(message: Message): Frame
  decode(frame: string | Buffer): Message
}
