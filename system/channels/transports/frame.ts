import type { BroadcastEncoder } from '../../pubsub/index.ts'
import type { Frame, Serializer } from '../serializers/serializer.ts'

const finalText = 0x81
const finalBinary = 0x82

/** A message as the bytes of one unmasked, unfragmented WebSocket frame (RFC 6455 section 5.2). */
export function webSocketFrame(message: Frame): Buffer {
  const isText = typeof message === 'string'
  const length = isText ? Buffer.byteLength(message) : message.length
  const headBytes = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(headBytes + length)
  frame[0] = isText ? finalText : finalBinary
  writeLength(frame, length)
  if (isText) frame.write(message, headBytes)
  else message.copy(frame, headBytes)
  return frame
}

function writeLength(frame: Buffer, length: number) {
  if (length < 126) {
    frame[1] = length
  } else if (length < 65_536) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
}

const encoders = new Map<Serializer, BroadcastEncoder>()

/** Encodes broadcasts as WebSocket frames: once for all clients of one protocol version (CH-79). */
export function framed(serializer: Serializer): BroadcastEncoder {
  const known = encoders.get(serializer)
  if (known) return known
  const made: BroadcastEncoder = {
    vsn: `${serializer.vsn} websocket`,
    encodeBroadcast: (topic, event, payload) => webSocketFrame(serializer.encodeBroadcast(topic, event, payload)),
  }
  encoders.set(serializer, made)
  return made
}
