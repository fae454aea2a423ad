import { connect, createServer, type Server, type Socket } from 'node:net'
import { systemClock } from '../../../harness/platform/clock.ts'
import { seededRandom } from '../../../harness/platform/random.ts'
import { type LinkServer, startLinkServer } from '../../../harness/toxiproxy/index.ts'

export interface Reply {
  status: number
  type: string | null
  // biome-ignore lint/suspicious/noExplicitAny: answers are compared with literals
  body: any
}

export type Bench = Awaited<ReturnType<typeof openBench>>

/** A link server, an echo behind one of its proxies, and the means to talk to both. */
export async function openBench() {
  const server: LinkServer = await startLinkServer({ random: seededRandom(0x5eed).next })
  const echo = await echoServer()
  const clients = new Set<Socket>()

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const text = body === undefined || typeof body === 'string' ? (body ?? null) : JSON.stringify(body)
    const response = await fetch(server.apiUrl + path, { method, body: text, headers })
    const answer = await response.text()
    return { status: response.status, type: response.headers.get('content-type'), body: readable(answer) }
  }

  const { listen } = (await call('POST', '/proxies', { name: 'echo', listen: '127.0.0.1:0', upstream: echo.address }))
    .body
  const port = Number(listen.split(':')[1])

  return {
    apiUrl: server.apiUrl,
    upstream: echo.address,
    echoConnections: echo.connections,
    port,
    call,
    toxic: (spec: object) => call('POST', '/proxies/echo/toxics', spec),
    change: (name: string, spec: object) => call('POST', `/proxies/echo/toxics/${name}`, spec),
    remove: (name: string) => call('DELETE', `/proxies/echo/toxics/${name}`),
    async dial(toPort = port): Promise<Socket> {
      const socket = await dial(toPort)
      clients.add(socket)
      return socket
    },
    async close() {
      for (const client of clients) client.destroy()
      await server.close()
      await echo.close()
    },
  }
}

function readable(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

async function echoServer() {
  const connections = new Set<Socket>()
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    connections.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => connections.delete(socket))
    socket.pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    connections,
    address: `127.0.0.1:${(server.address() as { port: number }).port}`,
    async close() {
      for (const socket of connections) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      socket.on('error', () => {})
      resolve(socket)
    })
  })
}

/** What arrives until there are so many bytes, or until the connection ends. */
export function receive(socket: Socket, bytes = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  return new Promise((resolve) => {
    const done = () => {
      socket.off('data', take)
      resolve(Buffer.concat(chunks))
    }
    const take = (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size >= bytes) done()
    }
    socket.on('data', take)
    socket.once('end', done)
    socket.once('close', done)
  })
}

/** How a connection ended: `reset`, or `closed` in an orderly way. */
export function endOf(socket: Socket): Promise<'reset' | 'closed'> {
  return new Promise((resolve) => {
    socket.once('error', () => resolve('reset'))
    socket.once('end', () => resolve('closed'))
    socket.once('close', () => resolve('closed'))
    socket.resume()
  })
}

export async function took<T>(run: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const startedMs = systemClock.monotonicMs()
  const value = await run()
  return { ms: systemClock.monotonicMs() - startedMs, value }
}

/** Whether nothing arrives for so long. */
export async function isSilentFor(socket: Socket, delayMs: number): Promise<boolean> {
  const arrived = receive(socket, 1).then(() => false)
  return Promise.race([arrived, systemClock.sleep(delayMs).then(() => true)])
}

/** Numbered bytes, so that a loss or a swap shows. */
export const numbered = (size: number) => Buffer.from(Uint32Array.from({ length: size / 4 }, (_, i) => i).buffer)
