import type { FastifyInstance } from 'fastify'
import type { Log } from '../../../platform/log.ts'
import type { Product } from '../catalog/product.ts'
import { type AdminRoutes, adminRoutes } from './admin-routes.ts'
import { type CheckoutRoutes, checkoutRoutes, withSession } from './checkout-routes.ts'
import { type LiveRoutes, liveRoutes, starting } from './live-routes.ts'
import { type PageOptions, productPage } from './pages.ts'
import type { Sessions } from './session.ts'

export interface StoreRoutes
  extends PageOptions,
    Pick<CheckoutRoutes, 'checkout' | 'buyCart'>,
    Pick<LiveRoutes, 'live' | 'random'> {
  products(): readonly Product[] | undefined
  sessions: Sessions
  admin: Pick<AdminRoutes, 'user' | 'password' | 'attemptsMax' | 'signAdminToken'>
  noStore: boolean
  log: Log
}

/** The pages of the shop and of those who run it. Only the shopper's have a session. */
export async function storeRoutes(web: FastifyInstance, options: StoreRoutes): Promise<void> {
  await web.register(async (pages) => shopPages(pages, options))
  await web.register(async (pages) => adminRoutes(pages, adminOptions(options)))
}

const adminOptions = ({ admin, products, log, clientHeartbeatMs }: StoreRoutes): AdminRoutes => ({
  ...admin,
  products,
  log,
  script: { clientHeartbeatMs },
})

/** Rendered from memory, so they are served while the database is down (ST-15); 503 before the first load. */
function shopPages(pages: FastifyInstance, options: StoreRoutes) {
  const { products, noStore, sessions, checkout, buyCart, log, live, random } = options
  const { thresholds, clientHeartbeatMs } = options
  const page = { thresholds, clientHeartbeatMs }
  withSession(pages, sessions)
  pages.get('/', async ({ session }, answer) => {
    const all = products()
    if (noStore) answer.header('cache-control', 'no-store, must-revalidate')
    if (!all) return starting(answer)
    answer.type('text/html; charset=utf-8')
    return productPage(all, page, { cartId: session.cartId, formToken: sessions.formToken(session) })
  })
  liveRoutes(pages, { live, random, products, sessions, noStore, script: { clientHeartbeatMs } })
  checkoutRoutes(pages, { checkout, sessions, products, buyCart, log, script: { clientHeartbeatMs } })
}
