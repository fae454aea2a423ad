import { existsSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import { type FastifyInstance, fastify } from 'fastify'
import type { Log } from '../../../platform/log.ts'
import type { Product } from '../catalog/product.ts'
import { errorPage, type PageOptions, productPage } from './pages.ts'

export interface WebOptions extends PageOptions {
  products(): readonly Product[] | undefined
  noStore: boolean
  /** Answers a request that is meant for a socket, and says whether it was. */
  takeRequest(request: IncomingMessage, response: ServerResponse): boolean
  log: Log
}

const bundle = fileURLToPath(new URL('../../../../dist/client/', import.meta.url))

/** The shop's pages. Rendered from memory, so they are served while the database is down (ST-15); 503 before the first load. */
export async function createWeb({
  products,
  noStore,
  log,
  takeRequest,
  ...page
}: WebOptions): Promise<FastifyInstance> {
  if (!existsSync(bundle)) throw new Error(`the pages are not built: expected ${bundle}; run "npm run build"`)
  const web = fastify({ logger: false, forceCloseConnections: true })
  await web.register(fastifyStatic, { root: bundle, prefix: '/assets/' })
  web.setErrorHandler((error, _request, answer) => {
    log.error({ err: error }, 'web: a request failed')
    return answer.code(500).type('text/html').send(errorPage('Something broke', 'We are on it. Please try again.'))
  })
  web.setNotFoundHandler((_request, answer) =>
    answer.code(404).type('text/html').send(errorPage('Not here', 'There is no such page.')),
  )
  web.addHook('onRequest', (request, answer, next) => {
    if (takeRequest(request.raw, answer.raw)) answer.hijack()
    else next()
  })
  web.get('/healthz', async () => ({ ok: true }))
  web.get('/', async (_request, answer) => {
    const all = products()
    if (noStore) answer.header('cache-control', 'no-store, must-revalidate')
    answer.type('text/html; charset=utf-8')
    if (!all)
      return answer.code(503).send(errorPage('Back in a moment', 'The shop is starting. Please try again shortly.'))
    return productPage(all, page)
  })
  return web
}
