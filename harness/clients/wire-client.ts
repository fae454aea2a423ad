import { WebSocket } from 'ws'
import type { Cluster } from '../cluster/cluster.ts'
import type { Present } from '../history/inventory.ts'
import { mannersOf, type SocketEvent } from '../history/manners.ts'
import type { Recorder } from '../history/recorder.ts'
import { systemClock } from '../platform/clock.ts'
import { until } from '../platform/until.ts'

/** A raw WebSocket client that sends and receives frames and implements no joins, heartbeats or reconnects (FI-16, FI-17). */
export interface WireClient {
  readonly name: string
  /** HTTP status of the handshake: 101 when it is connected. */
  readonly status: number
  /** The text frames received, unparsed. */
  frames(): unknown[][]
  /** The close code, once the server has closed the connection. */
  closedWith(): number | undefined
  /** Sends an array as JSON, text and bytes unchanged. */
  send(message: unknown[] | string | Buffer): void
  /** Waits for a frame that matches. */
  receive(what: string, fits: (frame: unknown[]) => boolean, withinMs?: number): Promise<unknown[]>
  /** Stops reading from the connection, like a client that hangs. */
  stall(): void
  present(): Present
  close(): void
}

export interface WireClientOptions {
  /** Whose link the client uses; the link of a node leads to the mesh port. Default: its own. */
  over?: string
  path?: string
  query?: Record<string, string>
  headers?: Record<string, string>
}

interface OpenWireClientOptions extends WireClientOptions {
  name: string
  node: string
  cluster: Cluster
  recorder: Recorder
}

const answeredWithinMs = 5_000

/** Connects over its own link; a rejected handshake is a result, not an error. */
export async function openWireClient(options: OpenWireClientOptions): Promise<WireClient> {
  const { name, over = name, node, cluster, recorder, path = '/socket/websocket', query = {}, headers = {} } = options
  const link = await cluster.links.link(over, node)
  const params = new URLSearchParams({ vsn: '2.0.0', ...query })
  const socket = new WebSocket(`ws://${link.host}:${link.port}${path}?${params}`, { headers })
  const frames: unknown[][] = []
  let closedWith: number | undefined
  let isHostile = false
  let closedBy: NonNullable<SocketEvent['closedBy']> = 'others'
  let sentMs = systemClock.monotonicMs()

  function recordEnd(code: number) {
    const own = { document: 0, path, socket: 1, link: link.name, closedBy, isHostile, code, wasOpen: true }
    const value: SocketEvent = {
      ...own,
      kind: 'end',
      atMs: systemClock.monotonicMs(),
      silentMs: systemClock.monotonicMs() - sentMs,
    }
    recorder.record({ who: name, node, type: 'read', operation: mannersOf.socket, value })
  }

  socket.on('message', (data, isBinary) => {
    if (isBinary) return
    const frame = JSON.parse(String(data)) as unknown[]
    frames.push(frame)
    const [joinRef, , topic, event, value] = frame
    recorder.record({ who: name, type: 'receive', node, topic: String(topic), event: String(event), joinRef, value })
  })
  const status = await handshake(socket, name)
  if (status === 101) recorder.record({ who: name, type: 'connect', node })
  else recorder.record({ who: name, node, type: 'read', operation: mannersOf.refusal, value: status })
  socket.on('close', (code) => {
    closedWith = code
    if (status !== 101) return
    recorder.record({ who: name, type: 'disconnect', node, value: code })
    recordEnd(code)
  })

  return {
    name,
    status,
    frames: () => frames,
    closedWith: () => closedWith,
    send(message) {
      isHostile ||= !isProper(message)
      sentMs = systemClock.monotonicMs()
      socket.send(Array.isArray(message) ? JSON.stringify(message) : message)
    },
    receive: (what, fits, withinMs = answeredWithinMs) =>
      until(() => frames.find(fits), { what: `${name} receives ${what}`, withinMs, everyMs: 20 }) as Promise<unknown[]>,
    stall() {
      isHostile = true
      socket.pause()
    },
    present: () => ({
      who: name,
      node,
      connections: socket.readyState === WebSocket.OPEN ? 1 : 0,
      polls: 0,
      channels: socket.readyState === WebSocket.OPEN ? topicsIn(frames) : 0,
      ...(socket.isPaused && { isStalled: true }),
    }),
    close() {
      closedBy = 'client'
      socket.terminate()
    },
  }
}

/** Whether it is a message as clients send them. */
const isProper = (message: unknown[] | string | Buffer) =>
  Array.isArray(message) && message.length === 5 && typeof message[2] === 'string' && typeof message[3] === 'string'

/** Returns an upper bound for the number of joined topics: those for which the client received a frame. */
export const topicsIn = (frames: readonly unknown[][]) => new Set(frames.map(([, , topic]) => topic)).size

function handshake(socket: WebSocket, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(101))
    socket.on('unexpected-response', (_request, response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    // After the handshake, an error is always followed by a close, which is recorded.
    socket.on('error', (error) => reject(new Error(`${name} cannot connect: ${error.message}`)))
  })
}
