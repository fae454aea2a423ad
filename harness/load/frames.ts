import { randomBytes } from 'node:crypto'

const headEnd = '\r\n\r\n'
/** Not zero, because a server may leave out the unmasking then. */
const mask = [0x11, 0x22, 0x33, 0x44]

/** Returns a client's text frame, masked as the protocol requires. */
export function maskedFrame(text: string): Buffer {
  const bodyBytes = Buffer.byteLength(text)
  if (bodyBytes > 0xffff) throw new RangeError(`a frame of the generator holds at most 65,535 bytes; got ${bodyBytes}`)
  const isShort = bodyBytes < 126
  const headBytes = isShort ? 6 : 8
  const frame = Buffer.allocUnsafe(headBytes + bodyBytes)
  frame[0] = 0x81
  frame[1] = 0x80 | (isShort ? bodyBytes : 126)
  if (!isShort) frame.writeUInt16BE(bodyBytes, 2)
  for (let at = 0; at < 4; at += 1) frame[headBytes - 4 + at] = mask[at]!
  frame.write(text, headBytes)
  for (let at = 0; at < bodyBytes; at += 1) frame[headBytes + at]! ^= mask[at & 3]!
  return frame
}

export const upgradeTo = (path: string, host = '127.0.0.1') =>
  Buffer.from(
    [
      `GET ${path} HTTP/1.1`,
      `host: ${host}`,
      'connection: Upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      `sec-websocket-key: ${randomBytes(16).toString('base64')}`,
      '',
      '',
    ].join(headEnd.slice(0, 2)),
  )

/** The header at this position, or undefined when it is not complete yet. */
export function frameSize(data: Buffer, at: number): { head: number; body: number } | undefined {
  if (at + 2 > data.length) return undefined
  const short = data[at + 1]! & 0x7f
  if (short < 126) return { head: 2, body: short }
  if (short === 126) return at + 4 > data.length ? undefined : { head: 4, body: data.readUInt16BE(at + 2) }
  return at + 10 > data.length ? undefined : { head: 10, body: Number(data.readBigUInt64BE(at + 2)) }
}

/** Called with the bytes between `from` and `to`, which are the payload of one text frame; valid only during the call. */
export type OnText = (data: Buffer, from: number, to: number) => void

const textOpcode = 1

/** Reads what a server sends after a request to upgrade; keeps at most one incomplete frame. */
export interface FrameReader {
  read(data: Buffer): void
}

/** Throws when the server refuses the upgrade. Frames other than text are skipped. */
export function createFrameReader(onUpgraded: () => void, onText: OnText): FrameReader {
  let isUpgraded = false
  let rest: Buffer | undefined

  function skipResponse(data: Buffer): Buffer | undefined {
    const end = data.indexOf(headEnd)
    if (end === -1) return undefined
    const status = data.toString('latin1', 0, data.indexOf('\r\n'))
    if (!status.includes(' 101 ')) throw new Error(`the server refused the upgrade: ${status}`)
    isUpgraded = true
    onUpgraded()
    return data.subarray(end + headEnd.length)
  }

  /** Returns the position behind the last complete frame. */
  function readFrames(data: Buffer): number {
    let at = 0
    while (at < data.length) {
      const size = frameSize(data, at)
      if (size === undefined || at + size.head + size.body > data.length) break
      const from = at + size.head
      if ((data[at]! & 0x0f) === textOpcode) onText(data, from, from + size.body)
      at = from + size.body
    }
    return at
  }

  return {
    read(chunk) {
      const data = rest ? Buffer.concat([rest, chunk]) : chunk
      rest = undefined
      const frames = isUpgraded ? data : skipResponse(data)
      const done = frames ? readFrames(frames) : 0
      const left = (frames ?? data).subarray(done)
      // The caller reuses its buffer.
      if (left.length > 0) rest = Buffer.from(left)
    },
  }
}
