import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { posix } from 'node:path'
import { type Clock, systemClock } from '../platform/clock.ts'
import { createCollection } from './collection.ts'
import { ApiError } from './errors.ts'
import { type Answer, type Routes, routesOf } from './routes.ts'

export interface LinkServerOptions {
  host?: string
  apiPort?: number
  clock?: Clock
  /** Random source for toxicity and jitter. */
  random(): number
}

export interface LinkServer {
  apiUrl: string
  close(): Promise<void>
}

/** Proxies for network links, controlled through the Toxiproxy HTTP API, so that the same code controls these and a real Toxiproxy. */
export async function startLinkServer(options: LinkServerOptions): Promise<LinkServer> {
  const { host = '127.0.0.1', apiPort = 0, clock = systemClock, random } = options
  const collection = createCollection({ clock, random })
  const routes = routesOf(collection)
  const inTurn = createQueue()
  let requests = 0

  const server = createServer(async (request, response) => {
    requests += 1
    response.setHeader('x-toxiproxy-request-id', String(requests))
    send(response, await answer(request, routes, inTurn))
  })
  const port = await listening(server, host, apiPort)
  return {
    apiUrl: `http://${host}:${port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await inTurn(collection.close)
      await closed
    },
  }
}

/** Runs requests one at a time, so that two of them never open the same proxy. */
function createQueue() {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(run: () => T | Promise<T>): Promise<T> => {
    const mine = last.then(run)
    last = mine.catch(() => {})
    return mine
  }
}

async function answer(
  request: IncomingMessage,
  routes: Routes,
  inTurn: ReturnType<typeof createQueue>,
): Promise<Answer> {
  // A web page in a local browser must not be able to control the proxies.
  if (request.headers['user-agent']?.startsWith('Mozilla/')) return plain(403, 'User agent not allowed')
  const path = pathOf(request)
  if (path === undefined) return plain(400, '400 Bad Request')
  const clean = posix.normalize(path)
  if (clean !== path) return { status: 301, location: encodeURI(clean) }
  const found = Object.entries(routes).flatMap(([pattern, methods]) => {
    const names = match(pattern, path)
    return names ? [{ names, methods }] : []
  })[0]
  if (!found) return plain(404, '404 page not found')
  const handler = found.methods[request.method ?? '']
  if (!handler) return { status: 405 }
  const text = await textOf(request).catch(() => undefined)
  if (text === undefined) return plain(400, 'the body ended early')
  return inTurn(() => handler({ proxy: '', toxic: '', ...found.names, text })).catch(refusal)
}

function refusal(error: unknown): Answer {
  const status = error instanceof ApiError ? error.status : 500
  return plain(status, JSON.stringify({ error: (error as Error).message, status }))
}

const plain = (status: number, text: string): Answer => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  text: `${text}\n`,
  isRefusal: true,
})

function send(response: ServerResponse, { status, contentType, text, isRefusal, location }: Answer) {
  if (location) response.setHeader('location', location)
  if (contentType) response.setHeader('content-type', contentType)
  if (isRefusal) response.setHeader('x-content-type-options', 'nosniff')
  response.writeHead(status).end(text)
}

function pathOf(request: IncomingMessage): string | undefined {
  try {
    return decodeURIComponent((request.url ?? '/').replace(/[?#].*$/s, ''))
  } catch {
    return undefined
  }
}

/** Returns the named parameters of a path, or undefined when the path does not match. */
function match(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')]
  const fits = wanted.every((part, index) => (part.startsWith(':') ? given[index] : part === given[index]))
  if (!fits || wanted.length !== given.length) return undefined
  return Object.fromEntries(wanted.flatMap((part, i) => (part.startsWith(':') ? [[part.slice(1), given[i]!]] : [])))
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve((server.address() as { port: number }).port))
  })
}
