import { createServer, type IncomingMessage, type Server } from 'node:http'
import { z } from 'zod'
import { type Clock, systemClock } from '../platform/clock.ts'
import { ApiError, apiErrors } from './errors.ts'
import { metricsText } from './metrics.ts'
import { createProxy, type LinkProxy } from './proxy.ts'

/** The version of the API that this server speaks. */
const version = '2.12.0'

const proxyWish = z.object({
  name: z.string().optional(),
  listen: z.string().optional(),
  upstream: z.string().optional(),
  enabled: z.boolean().optional(),
})
const toxicWish = z.object({
  name: z.string().optional(),
  type: z.string().optional(),
  stream: z.string().optional(),
  toxicity: z.number().optional(),
  attributes: z.record(z.string(), z.number()).optional(),
})
type ProxyWish = z.infer<typeof proxyWish>

export interface LinkServerOptions {
  host?: string
  apiPort?: number
  clock?: Clock
  /** Decides toxicity and jitter. */
  random(): number
}

export interface LinkServer {
  apiUrl: string
  close(): Promise<void>
}

interface Answer {
  status: number
  body?: unknown
  text?: string
}
type Handler = (body: unknown, proxyName: string, toxicName: string) => Answer | Promise<Answer>

/** Proxies for network links, steered over the Toxiproxy HTTP API: the same code steers these and a real Toxiproxy. */
export async function startLinkServer(options: LinkServerOptions): Promise<LinkServer> {
  const { host = '127.0.0.1', apiPort = 0, clock = systemClock, random } = options
  const proxies = new Map<string, LinkProxy>()

  const find = (name: string) => {
    const proxy = proxies.get(name)
    if (!proxy) throw apiErrors.proxyNotFound()
    return proxy
  }

  async function create(wish: ProxyWish): Promise<LinkProxy> {
    if (!wish.name) throw apiErrors.missingField('name')
    if (!wish.upstream) throw apiErrors.missingField('upstream')
    if (proxies.has(wish.name)) throw apiErrors.proxyExists()
    const { name, upstream, listen = `${host}:0` } = wish
    const proxy = createProxy({ name, upstream, listen: listen || `${host}:0`, clock, random })
    if (wish.enabled !== false) await proxy.start()
    proxies.set(name, proxy)
    return proxy
  }

  async function populate(wishes: ProxyWish[]) {
    for (const wish of wishes) {
      if (!wish.name) throw apiErrors.missingField('name')
      if (!wish.upstream) throw apiErrors.missingField('upstream')
    }
    const made: unknown[] = []
    for (const wish of wishes) {
      const old = proxies.get(wish.name!)
      if (old && (old.state().listen !== wish.listen || old.state().upstream !== wish.upstream)) {
        await old.stop()
        proxies.delete(wish.name!)
      }
      const proxy = proxies.get(wish.name!) ?? (await create(wish))
      await proxy.update({ enabled: wish.enabled ?? true })
      made.push(proxy.state())
    }
    return { proxies: made }
  }

  async function reset() {
    for (const proxy of proxies.values()) {
      proxy.removeAllToxics()
      await proxy.update({ enabled: true })
    }
  }

  const routes: Record<string, Handler> = {
    'GET /version': () => ({ status: 200, body: { version } }),
    'GET /metrics': () => ({ status: 200, text: metricsText([...proxies.values()]) }),
    'POST /reset': async () => {
      await reset()
      return { status: 204 }
    },
    'GET /proxies': () => ({
      status: 200,
      body: Object.fromEntries([...proxies].map(([name, proxy]) => [name, proxy.state()])),
    }),
    'POST /proxies': async (body) => ({ status: 201, body: (await create(parse(proxyWish, body))).state() }),
    'POST /populate': async (body) => ({ status: 201, body: await populate(parse(z.array(proxyWish), body)) }),
    'GET /proxies/:proxy': (_, name) => ({ status: 200, body: find(name).state() }),
    'POST /proxies/:proxy': async (body, name) => {
      const proxy = find(name)
      const { listen, upstream, enabled } = parse(proxyWish, body)
      await proxy.update({
        ...(listen && { listen }),
        ...(upstream && { upstream }),
        ...(enabled !== undefined && { enabled }),
      })
      return { status: 200, body: proxy.state() }
    },
    'DELETE /proxies/:proxy': async (_, name) => {
      await find(name).stop()
      proxies.delete(name)
      return { status: 204 }
    },
    'GET /proxies/:proxy/toxics': (_, name) => ({ status: 200, body: find(name).toxics() }),
    'POST /proxies/:proxy/toxics': (body, name) => ({
      status: 200,
      body: find(name).addToxic(defined(parse(toxicWish, body))),
    }),
    'GET /proxies/:proxy/toxics/:toxic': (_, name, toxic) => ({ status: 200, body: find(name).toxic(toxic) }),
    'POST /proxies/:proxy/toxics/:toxic': (body, name, toxic) => ({
      status: 200,
      body: find(name).updateToxic(toxic, defined(parse(toxicWish, body))),
    }),
    'DELETE /proxies/:proxy/toxics/:toxic': (_, name, toxic) => {
      find(name).removeToxic(toxic)
      return { status: 204 }
    },
  }

  const server = createServer(async (request, response) => {
    const { status, body, text } = await answer(routes, request)
    const type = text === undefined ? 'application/json' : 'text/plain; version=0.0.4'
    response.writeHead(status, status === 204 ? {} : { 'content-type': type })
    response.end(text ?? (body === undefined ? undefined : JSON.stringify(body)))
  })
  const port = await listening(server, host, apiPort)
  return {
    apiUrl: `http://${host}:${port}`,
    async close() {
      for (const proxy of proxies.values()) await proxy.stop()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function answer(routes: Record<string, Handler>, request: IncomingMessage): Promise<Answer> {
  try {
    // A page in somebody's browser must not be able to break a network.
    if (request.headers['user-agent']?.startsWith('Mozilla/')) return { status: 403, text: 'User agent not allowed\n' }
    const parts = new URL(request.url ?? '/', 'http://localhost').pathname
      .split('/')
      .filter(Boolean)
      .map(decodeURIComponent)
    const [top, proxy = '', kind, toxic = ''] = parts
    const pattern = ['', top, proxy && ':proxy', kind, toxic && ':toxic']
      .filter((part, index) => part || index === 0)
      .join('/')
    const method = request.method === 'PATCH' ? 'POST' : request.method
    const handler = routes[`${method} ${pattern}`]
    if (handler) return await handler(await bodyOf(request), proxy, toxic)
    const otherMethod = Object.keys(routes).some((route) => route.endsWith(` ${pattern}`))
    return otherMethod ? { status: 405 } : { status: 404, text: '404 page not found\n' }
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 500
    return { status, body: { error: (error as Error).message, status } }
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  if (!text) return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    throw apiErrors.badBody((error as Error).message)
  }
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw apiErrors.badBody(parsed.error.issues[0]!.message)
}

const defined = <T extends object>(wish: T) =>
  Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: NonNullable<T[K]>
  }

function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve((server.address() as { port: number }).port))
  })
}
