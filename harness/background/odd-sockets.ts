import { once } from 'node:events'
import { connect } from 'node:net'
import { WebSocket } from 'ws'

interface At {
  url: string
}

type Listen = (socket: WebSocket, resolve: (status: number) => void) => void

/** Opens a WebSocket, does something to it, and returns the code with which the node closes it. */
export const closeCodeOf =
  (act: (socket: WebSocket) => void) =>
  ({ url }: At, signal: AbortSignal): Promise<number> =>
    asked(`${url}/socket/websocket?vsn=2.0.0`, signal, (socket, resolve) => {
      socket.on('open', () => act(socket))
      socket.on('close', resolve)
    })

/** Returns the status with which a node answers a handshake: 101 when it opens a WebSocket. */
export const upgradeStatus = (url: string, signal: AbortSignal): Promise<number> =>
  asked(url, signal, (socket, resolve) => {
    socket.on('unexpected-response', (request, { statusCode = 0 }) => {
      request.destroy()
      resolve(statusCode)
    })
    socket.on('open', () => {
      socket.terminate()
      resolve(101)
    })
  })

function asked(url: string, signal: AbortSignal, listen: Listen): Promise<number> {
  const socket = new WebSocket(url.replace('http', 'ws'))
  const end = () => socket.terminate()
  signal.addEventListener('abort', end)
  return new Promise<number>((resolve, reject) => {
    socket.on('error', reject)
    listen(socket, resolve)
  }).finally(() => signal.removeEventListener('abort', end))
}

/** Asks for a WebSocket where there is none, and resets the connection at once, so that nobody is there to read the answer. */
export async function breakOffHandshake({ url }: At): Promise<void> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  await once(socket, 'connect')
  socket.on('error', () => {})
  await new Promise((resolve) => socket.write(handshake, resolve))
  socket.resetAndDestroy()
}

const handshake = [
  'GET /nowhere/websocket HTTP/1.1',
  'host: nowhere',
  'connection: upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  'sec-websocket-key: bm93aGVyZSBub3doZXJlIQ==',
  '',
  '',
].join('\r\n')
