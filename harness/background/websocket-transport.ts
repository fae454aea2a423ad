import { WebSocket } from 'ws'
import type { RawFrame } from '../clients/frames.ts'
import type { Transport, TransportEvents } from './transport.ts'

const openWithinMs = 5_000
/** Longer frames are sent in two fragments, which the server has to put together (RFC 6455 section 5.4). */
const fragmentedBytes = 60_000

export function openWebSocketTransport(url: string, events: TransportEvents): Transport {
  const socket = new WebSocket(url, { handshakeTimeout: openWithinMs })
  socket.on('open', events.onOpen)
  socket.on('message', (data, isBinary) => events.onFrame(isBinary ? (data as Buffer) : String(data)))
  // An error is always followed by a close; those of `ws` itself are about what came, all others about the network.
  socket.on('error', ({ message, code }: Error & { code?: string }) => {
    if (code?.startsWith('WS_ERR')) events.onNonsense(message, 'what is no WebSocket frame')
  })
  socket.on('close', events.onClose)
  return {
    send: (frame) => send(socket, frame),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: () => socket.terminate(),
  }
}

function send(socket: WebSocket, frame: RawFrame) {
  if (socket.readyState !== WebSocket.OPEN) return
  if (frame.length < fragmentedBytes) return socket.send(frame)
  const bytes = Buffer.from(frame as string)
  const binary = typeof frame !== 'string'
  const half = bytes.length >> 1
  socket.send(bytes.subarray(0, half), { binary, fin: false })
  socket.send(bytes.subarray(half), { binary, fin: true })
}
