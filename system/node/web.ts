import { existsSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import cookie from '@fastify/cookie'
import formBody from '@fastify/formbody'
import fastifyStatic from '@fastify/static'
import { type FastifyError, type FastifyInstance, type FastifyReply, fastify } from 'fastify'
import type { Endpoint } from '../channels/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { NodeConfig } from '../platform/config.ts'
import { escapeHtml } from '../platform/html.ts'
import type { Log } from '../platform/log.ts'
import type { Part } from './lifecycle.ts'
import type { App } from './module.ts'

type ErrorPage = NonNullable<App['errorPage']>

interface WebServerOptions {
  apps: readonly App[]
  /** Handles a request that is meant for a socket, and returns whether it was. */
  takeRequest(request: IncomingMessage, response: ServerResponse): boolean
  /** Whether balancers should send nobody here any more. Default: never. */
  isDraining?(): boolean
  log: Log
  /** The folder of the built scripts and styles. */
  assets?: string
  /** Scripts that must be there, by the names that they are built as. */
  bundleNames?: readonly string[]
}

const builtAssets = fileURLToPath(new URL('../../dist/client/', import.meta.url))
/** The bundles import each other by relative paths, so each place has them all. */
const assetPrefixes = ['/assets/', '/js/', '/css/']

/** Returns the web server of a node with the pages of its applications. Rejects when these are not built, or when two have one route. */
export async function createWebServer(options: WebServerOptions): Promise<FastifyInstance> {
  const { apps, log, takeRequest, isDraining = () => false, assets = builtAssets, bundleNames = [] } = options
  requireBuilt(assets, bundleNames)
  const errorPage = apps.find((app) => app.errorPage)?.errorPage ?? plainErrorPage
  const refuse = (error: FastifyError, answer: FastifyReply) => sendRefusal(error, answer, errorPage, log)
  const web = fastify({
    logger: false,
    // What is under way is answered first: see closeWhenAnswered.
    forceCloseConnections: 'idle',
    frameworkErrors: (error, _request, answer) => refuse(error, answer),
  })
  web.addHook('onRequest', (request, answer, next) => {
    if (takeRequest(request.raw, answer.raw)) answer.hijack()
    else next()
  })
  for (const [index, prefix] of assetPrefixes.entries())
    await web.register(fastifyStatic, { root: assets, prefix, decorateReply: index === 0 })
  await web.register(cookie)
  await web.register(formBody)
  web.setErrorHandler<FastifyError>((error, _request, answer) => refuse(error, answer))
  web.setNotFoundHandler((_request, answer) =>
    answer.code(404).type('text/html; charset=utf-8').send(errorPage('Not here', 'There is no such page.')),
  )
  web.get('/healthz', async (_request, answer) =>
    isDraining() ? answer.code(503).send({ ok: false, draining: true }) : { ok: true },
  )
  for (const app of apps) await web.register(async (scope) => app.routes?.(scope))
  return web
}

function requireBuilt(assets: string, bundleNames: readonly string[]) {
  const missing = [assets, ...bundleNames.map((name) => join(assets, `${name}.js`))].find((path) => !existsSync(path))
  if (missing) throw new Error(`the pages are not built: expected ${missing}; run "npm run build"`)
}

/** Shows a client what was wrong with its request, and nobody what went wrong inside. */
function sendRefusal(error: FastifyError, answer: FastifyReply, errorPage: ErrorPage, log: Log) {
  const status = error.statusCode ?? 500
  answer.code(status).type('text/html; charset=utf-8')
  if (status === 401) return answer.send(errorPage('Not open to the public', 'Log in with the user and the password.'))
  if (status === 429) return answer.header('retry-after', '60').send(errorPage('Too many attempts', error.message))
  if (status < 500) {
    log.warn({ status, reason: error.message }, 'web: a request was refused')
    return answer.send(errorPage('We cannot read this', 'The request was not understood.'))
  }
  log.error({ err: error }, 'web: a request failed')
  return answer.send(errorPage('Something broke', 'We are on it. Please try again.'))
}

const plainErrorPage: ErrorPage = (title, text) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(title)}</title><link rel="icon" href="data:,"></head>
<body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></main></body>
</html>
`

interface WebPartOptions {
  config: NodeConfig
  apps: readonly App[]
  endpoint: Endpoint
  bundleNames: readonly string[]
  log: Log
  clock: Clock
  /** How long requests that are under way may take when the node stops. Default: 3 s. */
  graceMs?: number
}

const graceDefaultMs = 3_000
const lookEveryMs = 20

/** Waiting connections that the operating system keeps: all clients come back at once after a restart. */
const backlogMax = 4_096

/** The web server as a part of the node: listens on the node's port, and hands sockets to the endpoint. */
export function webPart(options: WebPartOptions): Part {
  const { config, apps, endpoint, bundleNames, log, clock, graceMs = graceDefaultMs } = options
  let web: FastifyInstance | undefined
  let underWay = () => 0
  return {
    name: 'web',
    async start() {
      const { CLIENT_ASSETS_DIR: assets } = config
      web = await createWebServer({
        apps,
        takeRequest: endpoint.handle,
        isDraining: () => endpoint.isDraining,
        log,
        bundleNames,
        ...(assets && { assets }),
      })
      endpoint.attach(web.server)
      underWay = countUnderWay(web.server)
      await web.listen({ host: config.HOST, port: config.PORT, backlog: backlogMax })
    },
    stop: () => web && closeWhenAnswered({ web, underWay, clock, graceMs }),
  }
}

interface Closing {
  web: FastifyInstance
  underWay(): number
  clock: Clock
  graceMs: number
}

/** Returns how many requests the server has taken and not answered yet. */
function countUnderWay(server: FastifyInstance['server']): () => number {
  let count = 0
  server.on('request', (_request, response) => {
    count += 1
    response.once('close', () => {
      count -= 1
    })
  })
  return () => count
}

/** Takes no more connections, answers the requests that are under way, and cuts off whatever takes longer than the grace (RT-13). */
async function closeWhenAnswered({ web, underWay, clock, graceMs }: Closing) {
  const deadlineMs = clock.monotonicMs() + graceMs
  const closed = web.close()
  while (underWay() > 0 && clock.monotonicMs() < deadlineMs) await clock.sleep(lookEveryMs)
  // Connections that are kept alive, or that browsers open ahead of time, would keep the server open.
  web.server.closeAllConnections()
  await closed
}
