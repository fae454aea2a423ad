import { createServer, type Socket } from 'node:net'

/**
 * The lower bound of the cost: no protocol. Receives messages of a fixed length and writes the same bytes as the other servers: to
 * everyone for a message of the kind `s` (shout), to the sender for any other. The first byte of a message is its kind.
 */
const [, , shoutHex = '', echoHex = '', requestBytes = '1'] = process.argv
const [shoutFrame, echoFrame] = [Buffer.from(shoutHex, 'hex'), Buffer.from(echoHex, 'hex')]
const messageBytes = Number(requestBytes)
const shout = 's'.charCodeAt(0)
const sockets = new Set<Socket>()

const server = createServer({ noDelay: true }, (socket) => {
  sockets.add(socket)
  socket.on('error', () => socket.destroy())
  socket.on('close', () => sockets.delete(socket))
  let unanswered = 0
  socket.on('data', (data) => {
    // Several messages of the same kind may arrive in one chunk.
    unanswered += data.length
    for (; unanswered >= messageBytes; unanswered -= messageBytes) {
      if (data[0] === shout) for (const one of sockets) one.write(shoutFrame)
      else socket.write(echoFrame)
    }
  })
})
server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, () => {
  const { port } = server.address() as { port: number }
  process.stdout.write(`${JSON.stringify({ port })}\n`)
})
