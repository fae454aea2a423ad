import { connect, createServer, type Socket } from 'node:net'
import type { Clock } from '../../platform/clock.ts'

/** A TCP link to a node that counts what passes, and can delay it. */
export interface Relay {
  readonly port: number
  /** Bytes in both directions since the start. */
  bytes(): number
  /** By how much each piece is delayed, in each direction; the order stays. */
  setDelay(ms: number): void
  close(): void
}

export async function openRelay(toPort: number, clock: Pick<Clock, 'after'>): Promise<Relay> {
  const sockets = new Set<Socket>()
  let passed = 0
  let delayMs = 0

  function keep(socket: Socket) {
    sockets.add(socket.setNoDelay(true))
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
  }

  function pass(from: Socket, to: Socket) {
    from.on('data', (piece: Buffer) => {
      passed += piece.length
      if (delayMs === 0) to.write(piece)
      else clock.after(delayMs, () => to.destroyed || to.write(piece))
    })
    from.on('close', () => to.destroy())
  }

  const server = createServer((client) => {
    const node = connect({ port: toPort, host: '127.0.0.1' })
    keep(client)
    keep(node)
    pass(client, node)
    pass(node, client)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as { port: number }).port,
    bytes: () => passed,
    setDelay(ms) {
      delayMs = ms
    },
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
