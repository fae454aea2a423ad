/** The bits of the first two bytes of a frame (RFC 6455, 5.2). */
const opcodeBits = 0x0f
const reservedBits = 0x70
const maskBit = 0x80
const lengthBits = 0x7f
const [text, bytes, continued] = [1, 2, 0]
const maskBytes = 4

/** The payloads of the masked WebSocket frames that a chunk consists of; any other chunk as it is. Pure. */
export function unmasked(data: Buffer): Buffer {
  const payloads: Buffer[] = []
  for (let at = 0; at < data.length; ) {
    const frame = frameAt(data, at)
    if (!frame) return data
    payloads.push(frame.payload)
    at = frame.end
  }
  return Buffer.concat(payloads)
}

/** Undefined when no whole, masked frame begins there. */
function frameAt(data: Buffer, at: number) {
  const [first, second] = [data[at]!, data[at + 1] ?? 0]
  const isKnown = [continued, text, bytes, 8, 9, 10].includes(first & opcodeBits) && (first & reservedBits) === 0
  if (!isKnown || (second & maskBit) === 0) return undefined
  const { size, end: maskAt } = sizeAt(data, at + 1)
  const payloadAt = maskAt + maskBytes
  const end = payloadAt + size
  if (end > data.length) return undefined
  const mask = data.subarray(maskAt, payloadAt)
  return { end, payload: Buffer.from(data.subarray(payloadAt, end).map((byte, index) => byte ^ mask[index % 4]!)) }
}

function sizeAt(data: Buffer, at: number): { size: number; end: number } {
  const short = data[at]! & lengthBits
  if (short < 126) return { size: short, end: at + 1 }
  const wide = short === 126 ? 2 : 8
  if (at + 1 + wide > data.length) return { size: data.length, end: at + 1 }
  const size = wide === 2 ? data.readUInt16BE(at + 1) : Number(data.readBigUInt64BE(at + 1))
  return { size, end: at + 1 + wide }
}
