import { connect, type Socket } from 'node:net'
import { frameSize } from '../load/frames.ts'
import type { Wire } from './wire.ts'

/** Called with the number of complete frames received on a connection. */
export type OnFrames = (connection: number, frames: number) => void

/** Many connections to one server, held in this process; counts frames without parsing their payloads. */
export interface Load {
  readonly size: number
  write(connection: number, bytes: Buffer): void
  onFrames(listener: OnFrames | undefined): void
  /** Rejects when the server closes a connection, because the expected frames will never arrive there. */
  readonly lost: Promise<never>
  close(): void
}

const shared = Buffer.allocUnsafe(262_144)
const headEnd = '\r\n\r\n'

interface Reader {
  /** Remaining bytes of the current frame. */
  skip: number
  /** A partial frame header, or the HTTP response until it is complete. */
  part: Buffer | undefined
  isUpgraded: boolean
}

/** Connects `size` clients, at most `atOnce` at a time, and joins each to the room. */
export async function openLoad(
  port: number,
  wire: () => Pick<Wire, 'hello' | 'steps'>,
  size: number,
  atOnce = 256,
): Promise<Load> {
  const sockets: Socket[] = []
  let listener: OnFrames | undefined
  const waiting: Promise<void>[] = []
  const lost = Promise.withResolvers<never>()
  // Prevents an unhandled rejection when nobody awaits it.
  lost.promise.catch(() => {})
  let next = 0

  async function worker() {
    while (next < size) {
      const index = next
      next += 1
      await enter(index)
    }
  }

  function enter(index: number): Promise<void> {
    const { hello, steps } = wire()
    const todo = [...steps]
    const reader: Reader = { skip: 0, part: undefined, isUpgraded: hello === undefined }
    return new Promise((resolve, reject) => {
      let awaited = 0
      let inRoom = false
      const advance = () => {
        const step = todo.shift()
        if (!step) {
          inRoom = true
          return resolve()
        }
        awaited = step.awaitFrames
        if (step.send) socket.write(step.send)
      }
      const took = (frames: number) => {
        if (inRoom) return listener?.(index, frames)
        awaited -= frames
        if (awaited <= 0) advance()
      }
      const socket = connect({
        port,
        host: '127.0.0.1',
        noDelay: true,
        onread: {
          buffer: shared,
          callback(length, buffer) {
            read(reader, (buffer as Buffer).subarray(0, length), advance, took)
            return true
          },
        },
      })
      sockets[index] = socket
      socket.on('error', reject)
      socket.on('close', () => lost.reject(new Error('a server ended a connection while it was measured')))
      socket.on('connect', () => {
        if (hello) socket.write(hello)
        else advance()
      })
    })
  }

  for (let n = 0; n < Math.min(atOnce, size); n += 1) waiting.push(worker())
  await Promise.all(waiting)
  return {
    size,
    write: (connection, bytes) => void sockets[connection]!.write(bytes),
    onFrames(now) {
      listener = now
    },
    lost: lost.promise,
    close() {
      for (const socket of sockets) socket.resetAndDestroy()
    },
  }
}

function read(reader: Reader, data: Buffer, upgraded: () => void, took: (frames: number) => void) {
  let rest = data
  if (!reader.isUpgraded) {
    const all = reader.part ? Buffer.concat([reader.part, data]) : data
    const end = all.indexOf(headEnd)
    if (end === -1) {
      reader.part = Buffer.from(all)
      return
    }
    if (!all.subarray(0, 12).includes('101')) throw new Error(`the server refused the upgrade: ${all.subarray(0, 40)}`)
    reader.part = undefined
    reader.isUpgraded = true
    rest = all.subarray(end + headEnd.length)
    upgraded()
  }
  const frames = countFrames(reader, rest)
  if (frames > 0) took(frames)
}

/** Returns how many frames end in this chunk; the remainder of the last one is kept. */
function countFrames(reader: Reader, piece: Buffer): number {
  let data = piece
  if (reader.part) {
    data = Buffer.concat([reader.part, piece])
    reader.part = undefined
  }
  let at = 0
  let frames = 0
  while (at < data.length) {
    if (reader.skip > 0) {
      const taken = Math.min(reader.skip, data.length - at)
      reader.skip -= taken
      at += taken
      if (reader.skip === 0) frames += 1
      continue
    }
    const size = frameSize(data, at)
    if (size === undefined) {
      reader.part = Buffer.from(data.subarray(at))
      break
    }
    at += size.head
    reader.skip = size.body
    if (size.body === 0) frames += 1
  }
  return frames
}
