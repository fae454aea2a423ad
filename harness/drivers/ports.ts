import { createServer } from 'node:net'

/** Ports that were handed out; the system may offer one twice before its owner listens on it. */
const taken = new Set<number>()

/** A port on loopback that nobody listens on, and that nobody else here will be given. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await probe()
    if (taken.has(port)) continue
    taken.add(port)
    return port
  }
}

function probe(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
