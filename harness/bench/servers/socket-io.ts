import { createServer } from 'node:http'
import { Server } from 'socket.io'

/** The peer: the same room on socket.io, WebSocket only, with its own acknowledgements and no heartbeats during the measurement. */
const http = createServer()
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  serveClient: false,
  pingInterval: 3_600_000,
})
io.on('connection', (socket) => {
  void socket.join('room')
  socket.on('shout', (payload) => void io.to('room').emit('shout', payload))
  socket.on('echo', (payload, acknowledge) => acknowledge(payload))
})
http.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, () => {
  const { port } = http.address() as { port: number }
  process.stdout.write(`${JSON.stringify({ port })}\n`)
})
