import { createServer } from 'node:net'

/**
 * Below the range from which systems take ports for outgoing connections: a port that is given out now must still be free when
 * its node is started again half a minute later.
 */
const range = { first: 20_000, last: 31_999 }

/** Runs in parallel begin at different places. */
let next = range.first + ((process.pid * 97) % (range.last - range.first))

/** A port on loopback that nobody listens on, and that nobody else in this run will be given. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried <= range.last - range.first; tried += 1) {
    const port = next
    next = next === range.last ? range.first : next + 1
    if (await isFree(port)) return port
  }
  throw new Error(`no free port between ${range.first} and ${range.last}`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
