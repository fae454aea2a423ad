import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import cookies from '@fastify/cookie'
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { z } from 'zod'
import { systemClock as clock } from '../platform/clock.ts'
import { UsageError } from '../platform/errors.ts'
import type { Console } from './console.ts'
import { refusalOf } from './gate.ts'

export interface ConsoleServer {
  /** With the token. */
  readonly url: string
  close(): Promise<void>
}

interface Options {
  /** A free port when 0. */
  port: number
  token: string
  /** The folder of the built page. */
  assets: string
  console: Console
}

const cookieName = 'squall_console'
/** Only below it, so that the shop on another port of this machine is never given the cookie. */
const base = '/console'
const sendEveryMs = 250

const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

/** What the build makes, by its path in the folder. */
const files = {
  'index.html': 'text/html',
  'assets/console.js': 'text/javascript',
  'assets/console.css': 'text/css',
} as const

const someOptions = z.record(z.string(), z.unknown())
const aFault = z.object({ kind: z.string(), target: z.string(), options: someOptions.default({}) })
const anOperation = z.object({ name: z.string(), node: z.string(), value: someOptions.default({}) })
const aFolder = z.object({ folder: z.string() })
const anId = z.object({ id: z.coerce.number().int() })

/** Serves the page and what it asks for, on loopback only and for whoever has the token. */
export async function serveConsole({ port, token, assets, console: its }: Options): Promise<ConsoleServer> {
  const server = fastify({ forceCloseConnections: true })
  const streams = new Set<() => void>()
  await server.register(cookies)
  let ownPort = port

  server.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders)
    const refusal = refusalOf(asked(request), { port: ownPort, token })
    if (refusal !== undefined) return reply.code(403).send({ error: refusal })
    return undefined
  })
  server.setErrorHandler((error: Error, _request, reply) => {
    const status =
      error instanceof UsageError || error instanceof z.ZodError || error.name.startsWith('Bad') ? 400 : 500
    return reply.code(status).send({ error: error instanceof z.ZodError ? z.prettifyError(error) : error.message })
  })

  server.get(base, async (request, reply) => {
    if ((request.query as { token?: string }).token === undefined) return sendFile(reply, assets, 'index.html')
    reply.setCookie(cookieName, token, { path: base, httpOnly: true, sameSite: 'strict' })
    return reply.redirect(base)
  })
  server.get(`${base}/assets/:name`, async (request, reply) => {
    const name = `assets/${(request.params as { name: string }).name}`
    return Object.hasOwn(files, name) ? sendFile(reply, assets, name as keyof typeof files) : reply.callNotFound()
  })
  server.get(`${base}/events`, (_request, reply) => {
    reply.hijack()
    streams.add(streamTo(reply, its))
  })

  const post = (path: string, work: (request: FastifyRequest) => Promise<unknown>) =>
    server.post(`${base}${path}`, async (request) => {
      await work(request)
      return { ok: true }
    })
  post('/faults', async ({ body }) => {
    const { kind, target, options } = aFault.parse(body)
    await its.inject(kind, target, options)
  })
  post('/faults/:id/heal', ({ params }) => its.heal(anId.parse(params).id))
  post('/heal', () => its.healEverything())
  post('/operations', async ({ body }) => {
    const { name, node, value } = anOperation.parse(body)
    await its.operate(name, node, value)
  })
  post('/recording/start', () => its.sessions.record())
  post('/recording/save', () => its.sessions.save())
  post('/recording/replay', ({ body }) => its.sessions.replay(aFolder.parse(body).folder))

  await server.listen({ host: '127.0.0.1', port })
  ownPort = (server.server.address() as { port: number }).port
  return {
    url: `http://127.0.0.1:${ownPort}${base}?token=${token}`,
    async close() {
      for (const end of streams) end()
      await server.close()
    },
  }
}

const asked = ({ method, headers, query, cookies: given }: FastifyRequest) => ({
  method,
  host: headers.host,
  origin: headers.origin,
  token: (query as { token?: string }).token,
  cookie: given[cookieName],
})

const sendFile = (reply: FastifyReply, folder: string, name: keyof typeof files) =>
  reply.type(`${files[name]}; charset=utf-8`).send(readFileSync(join(folder, name)))

/** Sends what has changed, several times a second, as server-sent events; returns what ends it. */
function streamTo({ raw }: FastifyReply, its: Console): () => void {
  raw.writeHead(200, { ...securityHeaders, 'content-type': 'text/event-stream' })
  let isOver = false
  let lastOffer = ''
  const send = (event: string, value: string) => raw.write(`event: ${event}\ndata: ${value}\n\n`)
  const beat = () => {
    if (isOver) return
    const offer = JSON.stringify(its.offer())
    if (offer !== lastOffer) send('offer', offer)
    lastOffer = offer
    // A page that does not read, in a tab in the background, gets the next one instead of all.
    if (!raw.writableNeedDrain) send('snapshot', JSON.stringify(its.snapshot()))
    clock.after(sendEveryMs, beat)
  }
  const end = () => {
    isOver = true
    raw.end()
  }
  raw.on('close', end)
  beat()
  return end
}
