import { WebSocket } from 'ws'
import type { Cluster } from '../cluster/cluster.ts'
import { clientEvent } from '../history/client-kinds.ts'
import type { Present } from '../history/inventory.ts'
import { mannersOf, type SocketEvent } from '../history/manners.ts'
import type { Recorder } from '../history/recorder.ts'
import { shortened } from '../history/shortened.ts'
import { systemClock } from '../platform/clock.ts'
import { until } from '../platform/until.ts'
import { type Parts, type Read, readParts, type Version, writeParts } from './frames.ts'

/** A raw WebSocket client that sends and receives frames and implements no joins, heartbeats or reconnects (FI-16, FI-17). */
export interface WireClient {
  readonly name: string
  /** HTTP status of the handshake: 101 when it is connected. */
  readonly status: number
  /** The messages received, each as `[join_ref, ref, topic, event, payload]` in every version; a payload of bytes is a Buffer. */
  frames(): unknown[][]
  /** The close code, once the server has closed the connection. */
  closedWith(): number | undefined
  /** Sends an array of those five as a message of its version, text and bytes unchanged. */
  send(message: unknown[] | string | Buffer): void
  /** Waits for a frame that matches. */
  receive(what: string, fits: (frame: unknown[]) => boolean, withinMs?: number): Promise<unknown[]>
  /** Stops reading from the connection, like a client that hangs. */
  stall(): void
  /** Reads again. */
  resume(): void
  present(): Present
  close(): void
}

export interface WireClientOptions {
  /** Whose link the client uses; the link of a node leads to the mesh port. Default: its own. */
  over?: string
  path?: string
  /** The version is that of `vsn`, by default 2.0.0. */
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
  const version = versionOf(params.get('vsn'))
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
    recordFrame({ name, node, recorder, frames }, readParts(version, isBinary ? (data as Buffer) : String(data)))
  })
  const status = await handshake(socket, name)
  if (status === 101)
    recorder.record(clientEvent({ who: name, node, kind: version === '1.0.0' ? 'V1' : 'V2', owner: over }))
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
      socket.send(Array.isArray(message) ? writeParts(version, message as Parts) : message)
    },
    receive: (what, fits, withinMs = answeredWithinMs) =>
      until(() => frames.find(fits), { what: `${name} receives ${what}`, withinMs, everyMs: 20 }) as Promise<unknown[]>,
    stall() {
      isHostile = true
      socket.pause()
    },
    resume: () => socket.resume(),
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

const versionOf = (vsn: string | null): Version => (vsn?.startsWith('1.') ? '1.0.0' : '2.0.0')

interface Receiver {
  name: string
  node: string
  recorder: Recorder
  frames: unknown[][]
}

/** Keeps and records what a client has received; what it cannot read is a finding, and no failure of the harness. */
export function recordFrame({ name, node, recorder, frames }: Receiver, read: Read<Parts>) {
  if (read.kind === 'unreadable') {
    const { why, beginning } = read
    recorder.record({ who: name, type: 'unreadable', node, value: { why, beginning } })
    return
  }
  frames.push(read.value)
  const [joinRef, , topic, event, payload] = read.value
  const value = Buffer.isBuffer(payload) ? { bytes: payload.length } : shortened(payload)
  recorder.record({ who: name, type: 'receive', node, topic: String(topic), event: String(event), joinRef, value })
}

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
