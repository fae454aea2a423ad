import { existsSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import cookie from '@fastify/cookie'
import formBody from '@fastify/formbody'
import fastifyStatic from '@fastify/static'
import { type FastifyError, type FastifyInstance, type FastifyReply, fastify } from 'fastify'
import type { Log } from '../../../platform/log.ts'
import type { Product } from '../catalog/product.ts'
import { type AdminRoutes, adminRoutes } from './admin-routes.ts'
import { type CheckoutRoutes, checkoutRoutes, withSession } from './checkout-routes.ts'
import { errorPage } from './layout.ts'
import { type PageOptions, productPage } from './pages.ts'
import type { Sessions } from './session.ts'

export interface WebOptions extends PageOptions, Pick<CheckoutRoutes, 'checkout' | 'buyCart'> {
  products(): readonly Product[] | undefined
  sessions: Sessions
  admin: Pick<AdminRoutes, 'user' | 'password' | 'attemptsMax' | 'signAdminToken'>
  noStore: boolean
  /** Handles a request that is meant for a socket; returns whether it was. */
  takeRequest(request: IncomingMessage, response: ServerResponse): boolean
  log: Log
  /** The folder of the built scripts and styles. */
  bundle?: string
}

const builtBundle = fileURLToPath(new URL('../../../../dist/client/', import.meta.url))
/** The bundles import each other by relative paths, so each prefix serves them all. */
const assetPrefixes = ['/assets/', '/js/', '/css/']

/** The shop's pages. Rendered from memory, so they are served while the database is down (ST-15); 503 before the first load. */
export async function createWeb(options: WebOptions): Promise<FastifyInstance> {
  const { log, takeRequest, bundle = builtBundle } = options
  if (!existsSync(bundle)) throw new Error(`the pages are not built: expected ${bundle}; run "npm run build"`)
  const web = fastify({
    logger: false,
    forceCloseConnections: true,
    frameworkErrors: (error, _request, answer) => refuse(error, answer, log),
  })
  web.addHook('onRequest', (request, answer, next) => {
    if (takeRequest(request.raw, answer.raw)) answer.hijack()
    else next()
  })
  for (const [index, prefix] of assetPrefixes.entries())
    await web.register(fastifyStatic, { root: bundle, prefix, decorateReply: index === 0 })
  await web.register(cookie)
  await web.register(formBody)
  web.setErrorHandler<FastifyError>((error, _request, answer) => refuse(error, answer, log))
  web.setNotFoundHandler((_request, answer) =>
    answer.code(404).type('text/html; charset=utf-8').send(errorPage('Not here', 'There is no such page.')),
  )
  web.get('/healthz', async () => ({ ok: true }))
  await web.register(async (pages) => shopPages(pages, options))
  await web.register(async (pages) => adminRoutes(pages, adminOptions(options)))
  return web
}

const adminOptions = ({ admin, products, log, clientHeartbeatMs }: WebOptions): AdminRoutes => ({
  ...admin,
  products,
  log,
  script: { clientHeartbeatMs },
})

function shopPages(pages: FastifyInstance, options: WebOptions) {
  const { products, noStore, sessions, checkout, buyCart, log } = options
  const { thresholds, clientHeartbeatMs } = options
  withSession(pages, sessions)
  pages.get('/', async ({ session }, answer) => {
    const all = products()
    if (noStore) answer.header('cache-control', 'no-store, must-revalidate')
    answer.type('text/html; charset=utf-8')
    if (!all)
      return answer.code(503).send(errorPage('Back in a moment', 'The shop is starting. Please try again shortly.'))
    return productPage(
      all,
      { thresholds, clientHeartbeatMs },
      { cartId: session.cartId, formToken: sessions.formToken(session) },
    )
  })
  checkoutRoutes(pages, { checkout, sessions, products, buyCart, log, script: { clientHeartbeatMs } })
}

/** A client's own mistake is described to it; of a server error only the log has the details. */
function refuse(error: FastifyError, answer: FastifyReply, log: Log) {
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
