import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Clock } from '../../platform/clock.ts'
import type { Frame } from '../serializers/serializer.ts'
import { openSession, type Session, type SessionOptions } from '../session.ts'
import { framed, webSocketFrame } from './frame.ts'
import type { Outboxes, Sink } from './outbox.ts'
import type { Outlet } from './transport.ts'

interface ConnectionOptions extends Omit<SessionOptions, 'outlet'> {
  webSocket: WebSocket
  /** The TCP connection under the WebSocket: finished frames are written to it. */
  connection: Duplex & Sink
  /** Frames have to go through the WebSocket, which compresses them. */
  compressed: boolean
  outboxes: Outboxes
  clock: Clock
  /** A client that sends nothing for so long is gone (CH-25). */
  timeoutMs: number
}

/** How long a client may take to answer a close frame before its connection is dropped. */
const closeGraceMs = 1_000
const silentCode = 1002

/** One WebSocket: feeds a session with what the client sends, and writes what the session says. */
export function openWebSocket(options: ConnectionOptions): Session {
  const { webSocket, connection, compressed, outboxes, clock, timeoutMs, serializer, definition, log } = options
  let heardMs = clock.monotonicMs()
  let ending = false

  const outbox = outboxes.open(connection, tooSlow)
  const encoder = framed(serializer)
  const plainSend = (frame: Frame) => {
    if (!ending) webSocket.send(frame, { binary: typeof frame !== 'string' })
  }
  const outlet: Outlet = {
    send: compressed ? plainSend : (frame) => outbox.push(webSocketFrame(frame)),
    broadcast: compressed
      ? (broadcast) => plainSend(broadcast.encoded(serializer))
      : (broadcast) => outbox.push(broadcast.encoded(encoder) as Buffer),
    end,
    drop: () => webSocket.terminate(),
    hold: () => webSocket.pause(),
    release: () => webSocket.resume(),
  }
  const session = openSession({ ...options, outlet })

  function end(code: number) {
    if (ending) return
    ending = true
    stopWatching()
    outbox.flush()
    webSocket.resume()
    webSocket.close(code)
    clock.after(closeGraceMs, () => webSocket.terminate())
  }

  function tooSlow() {
    log.warn({ socket: definition.name }, 'a client does not read what it is sent: its connection is cut')
    webSocket.terminate()
  }

  function watchSilence() {
    const silentMs = clock.monotonicMs() - heardMs
    if (silentMs >= timeoutMs) return session.close(silentCode)
    stopWatching = clock.after(timeoutMs - silentMs, watchSilence)
  }
  let stopWatching = clock.after(timeoutMs, watchSilence)

  function heard() {
    heardMs = clock.monotonicMs()
  }

  webSocket.on('message', (data, isBinary) => {
    heard()
    if (!ending) session.receive(isBinary ? (data as Buffer) : (data as Buffer).toString())
  })
  webSocket.on('ping', heard)
  webSocket.on('error', (error) => log.debug({ socket: definition.name, reason: error.message }, 'a connection broke'))
  webSocket.on('close', () => {
    ending = true
    stopWatching()
    session.gone()
  })
  return session
}
