import { connect, type Socket } from 'node:net'
import { createFrameReader, maskedFrame, upgradeTo } from './frames.ts'
import { wordingOf } from './messages.ts'
import type { WorkerOptions } from './worker-messages.ts'

/** Called with the bytes of one message that arrived on a connection; valid only during the call. */
export type OnMessage = (connection: number, data: Buffer, from: number, to: number) => void

/** The joined connections of one thread. */
export interface Connections {
  /** Their numbers among all connections of the generator. */
  readonly numbers: readonly number[]
  topicOf(connection: number): string
  write(connection: number, frame: Buffer): void
  onMessage(listener: OnMessage): void
  closedCount(): number
  close(): void
}

const atOnce = 64
/** One buffer for all connections: what arrives is read at once. */
const shared = Buffer.allocUnsafe(262_144)

/** Connects and joins; rejects with a sentence when the server refuses one. */
export async function openConnections(options: WorkerOptions): Promise<Connections> {
  const { connections, first, step, topic } = options
  const numbers = Array.from({ length: Math.ceil((connections - first) / step) }, (_, index) => first + index * step)
  const sockets = new Map<number, Socket>()
  let listener: OnMessage | undefined
  let closed = 0
  const topicOf = (number: number) => topic.replace('#', String(number))
  const waiting = [...numbers]

  async function openNext() {
    for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
      const socket = await openOne(options, number, topicOf(number), (...message) => listener?.(...message))
      sockets.set(number, socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        closed += 1
      })
    }
  }

  function close() {
    for (const socket of sockets.values()) socket.resetAndDestroy()
  }

  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, numbers.length) }, openNext))
  } catch (error) {
    close()
    throw error
  }
  return {
    numbers,
    topicOf,
    write: (connection, frame) => void sockets.get(connection)!.write(frame),
    onMessage(now) {
      listener = now
    },
    closedCount: () => closed,
    close,
  }
}

function openOne(options: WorkerOptions, number: number, topic: string, onMessage: OnMessage): Promise<Socket> {
  const { addresses, socketPath, version } = options
  const { host, port } = addresses[number % addresses.length]!
  const where = `${host}:${port}${socketPath}`
  return new Promise((resolve, reject) => {
    let hasJoined = false
    const reader = createFrameReader(
      () => socket.write(maskedFrame(wordingOf[version].join(topic))),
      (data, from, to) => {
        if (hasJoined) return onMessage(number, data, from, to)
        const text = data.toString('utf8', from, to)
        if (!text.includes('phx_reply')) return
        if (!text.includes('"status":"ok"')) return reject(new Error(`${where} refused the join of ${topic}: ${text}`))
        hasJoined = true
        resolve(socket)
      },
    )
    const read = (length: number, buffer: Uint8Array) => {
      try {
        reader.read((buffer as Buffer).subarray(0, length))
      } catch (error) {
        socket.destroy(error as Error)
      }
      return true
    }
    const socket = connect({ host, port, noDelay: true, onread: { buffer: shared, callback: read } })
    socket.on('error', ({ message }) => reject(new Error(`${where}: ${message}`)))
    socket.on('close', () => reject(new Error(`${where} closed a connection before it had joined ${topic}`)))
    socket.on('connect', () => socket.write(upgradeTo(`${socketPath}/websocket?vsn=${version}`, `${host}:${port}`)))
  })
}
