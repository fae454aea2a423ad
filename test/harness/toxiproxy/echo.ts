import { connect, createServer } from 'node:net'

/** A process with both ends of a link: asks through it again and again, and tells how long the slowest answer took. */
const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1', () => {
  process.send!({ port: (server.address() as { port: number }).port })
})

let [slowestMs, answers] = [0, 0]
let askedMs = 0

process.on('message', ({ through, end }: { through?: number; end?: boolean }) => {
  if (through) ask(through)
  // An answer that is still out counts as well.
  if (end) process.send!({ slowestMs: Math.max(slowestMs, performance.now() - askedMs), answers })
})

function ask(port: number) {
  const socket = connect(port, '127.0.0.1', next)
  socket.on('data', () => {
    slowestMs = Math.max(slowestMs, performance.now() - askedMs)
    answers += 1
    if (answers === 1) process.send!({ began: true })
    setTimeout(next, 5)
  })
  function next() {
    askedMs = performance.now()
    socket.write('?')
  }
}
