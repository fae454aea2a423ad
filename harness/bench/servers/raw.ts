import { createServer, type Socket } from 'node:net'

/**
 * The floor: no protocol at all. It is sent messages of one length and writes the same bytes that the others put on the wire, to
 * everybody for a message of the kind `s` (shout) and to the sender for every other. The first byte of what it is sent tells the kind.
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
    // Several messages may come in one piece, all of the same kind.
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
