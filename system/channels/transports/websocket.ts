import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Clock } from '../../platform/clock.ts'
import type { Broadcast, BroadcastEncoder } from '../../pubsub/index.ts'
import type { Frame, Serializer } from '../serializers/serializer.ts'
import { Session, type SessionOptions } from '../session.ts'
import type { Connections, Watched } from './connections.ts'
import { framed, webSocketFrame } from './frame.ts'
import { Outbox, type Outboxes } from './outbox.ts'
import type { Outlet, Traffic } from './transport.ts'

interface ConnectionOptions extends SessionOptions {
  webSocket: WebSocket
  /** The TCP connection of the WebSocket: frames are written to it directly. */
  connection: Socket
  connections: Connections
  outboxes: Outboxes
  clock: Clock
  /** Idle timeout: a client that sends nothing for this time is disconnected (CH-25). */
  timeoutMs: number
}

/** How long a client may take to respond to a close frame before its connection is terminated. */
const closeGraceMs = 1_000
const idleTimeoutCode = 1002

/** One WebSocket: passes the client's frames to a session, and the session's frames to the client. */
export function openWebSocket(options: ConnectionOptions): Session {
  const isCompressed = options.webSocket.extensions !== ''
  return new (isCompressed ? CompressedWebSocket : PlainWebSocket)(options).session
}

/** A class with few fields, because a broadcast touches one of these for each client. */
class PlainWebSocket extends Outbox<Socket> implements Outlet, Watched {
  readonly session: Session
  protected readonly webSocket: WebSocket
  protected ending = false
  private readonly encoder: BroadcastEncoder
  private readonly clock: Clock
  private readonly timeoutMs: number
  private readonly connections: Connections
  private readBytes = 0
  private idleMs = 0

  constructor(options: ConnectionOptions) {
    super(options.outboxes, options.connection)
    this.webSocket = options.webSocket
    this.clock = options.clock
    this.timeoutMs = options.timeoutMs
    this.connections = options.connections
    this.encoder = framed(options.serializer)
    this.session = new Session(options, this)
    this.connections.add(this)
    this.listen()
  }

  send(frame: Frame) {
    this.push(webSocketFrame(frame))
  }

  deliver(broadcast: Broadcast) {
    this.push(broadcast.encoded(this.encoder) as Buffer)
  }

  end(code: number) {
    if (this.ending) return
    this.ending = true
    this.flush()
    this.webSocket.resume()
    this.webSocket.close(code)
    this.clock.after(closeGraceMs, () => this.webSocket.terminate())
  }

  drop() {
    this.webSocket.terminate()
  }

  pause() {
    this.webSocket.pause()
  }

  resume() {
    this.webSocket.resume()
  }

  get unreadBytes() {
    return this.sink.writableLength
  }

  traffic(): Traffic {
    const { bytesRead: bytesIn, bytesWritten: bytesOut } = this.sink
    return { bytesIn, bytesOut, messagesOut: this.framesOut }
  }

  closeIfIdle(roundMs: number) {
    const { bytesRead } = this.sink
    // A round in which something was read does not count, because the exact time is not known.
    this.idleMs = bytesRead === this.readBytes ? this.idleMs + roundMs : 0
    this.readBytes = bytesRead
    if (this.idleMs >= this.timeoutMs) this.session.close(idleTimeoutCode)
  }

  protected override tooSlow() {
    const { environment, name } = this.session
    environment.log.warn({ socket: name }, 'disconnected a client that does not read: its send buffer is full')
    this.webSocket.terminate()
  }

  private listen() {
    const { webSocket, session } = this
    webSocket.on('message', (data, isBinary) => {
      if (!this.ending) session.receive(isBinary ? (data as Buffer) : (data as Buffer).toString())
    })
    webSocket.on('error', ({ message }) =>
      session.environment.log.debug({ socket: session.name, reason: message }, 'a connection broke'),
    )
    webSocket.on('close', () => {
      this.ending = true
      this.connections.delete(this)
      session.gone()
    })
  }
}

/** Frames go through the WebSocket, which compresses each of them for this client alone. */
class CompressedWebSocket extends PlainWebSocket {
  private readonly serializer: Serializer

  constructor(options: ConnectionOptions) {
    super(options)
    this.serializer = options.serializer
  }

  override send(frame: Frame) {
    this.framesOut += 1
    if (!this.ending) this.webSocket.send(frame, { binary: typeof frame !== 'string' })
  }

  override deliver(broadcast: Broadcast) {
    this.send(broadcast.encoded(this.serializer))
  }
}
