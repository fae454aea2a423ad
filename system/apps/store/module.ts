import { type AppContext, type AppHolds, defineModule } from '../../node/module.ts'
import { bundles } from './bundles.ts'
import { generateCartId, withoutCartIds } from './cart/cart-id.ts'
import { type StoreConfig, type StoreVariables, storeConfig } from './config.ts'
import { storeControlActions } from './control-actions.ts'
import { openPool } from './db/repo.ts'
import { sellRandomUntilGone } from './inventory/reducer.ts'
import { createStoreLive } from './live/live.ts'
import { createShop, type Shop, type ShopOptions } from './shop.ts'
import { errorPage } from './web/layout.ts'
import { type StoreRoutes, storeRoutes } from './web/routes.ts'
import { createSessions, type Sessions } from './web/session.ts'

/** For machines where nobody but its developer can come in; production demands another (PA-31). */
const developmentPassword = 'password'
/** The same for the tokens of live pages (LV-10). */
const developmentSalt = 'the salt of live pages on machines of developers'

type Context = AppContext<StoreVariables>

/** The sneaker store: its pages and the dashboard, on a database that `open` connects to. */
export const createStoreModule = (open: (url: string) => ShopOptions['openPool']) =>
  defineModule({
    name: 'store',
    config: storeConfig,
    bundles,
    redactions: [withoutCartIds],
    create(context: Context) {
      const { config, clock, secret, log } = context
      const shop = createShop({ ...context, openPool: open(config.DATABASE_URL!) })
      const sessions = createSessions({ secret, clock, generateCartId })
      const live = createStoreLive({
        secret,
        salt: config.STORE_LIVE_SALT ?? developmentSalt,
        clock,
        log,
        products: shop.store.products,
        stateOf: shop.notifications.stateOf,
      })
      return {
        shop,
        sockets: [...shop.sockets, live.socket],
        readSession: sessions.ofSocket,
        beforeChildren: [{ name: 'notifications', start: shop.notifications.start }],
        children: shop.actors,
        afterPubSub: [{ name: 'CartTracker', start: shop.presence.start, stop: shop.presence.stop }],
        routes: (web) => storeRoutes(web, { ...routeOptions(context, shop, sessions), live, random: context.random }),
        errorPage,
        controlActions: storeControlActions({
          release: shop.store.markProductReleased,
          sell: shop.store.sellItem,
          products: shop.store.products,
          item: shop.inventory.item,
          notifications: shop.notifications,
          reduce: reducerOf(context, shop),
        }),
        holds: () => holdsOf(shop),
        counters: () => shop.replication.counters,
        readiness: () => ({ database: shop.repo.reachable(), inventory: shop.store.products() !== undefined }),
        state: () => stateOf(shop),
      }
    },
  })

export const storeModule = createStoreModule(openPool)

const routeOptions = (
  { config, log }: Context,
  shop: Shop,
  sessions: Sessions,
): Omit<StoreRoutes, 'live' | 'random'> => ({
  products: shop.store.products,
  noStore: config.STORE_NO_STORE,
  log,
  thresholds: shop.thresholds,
  clientHeartbeatMs: config.CLIENT_HEARTBEAT_MS,
  sessions,
  checkout: shop.checkout,
  buyCart: shop.buyCart,
  admin: adminOptions(config, shop),
})

const adminOptions = (config: StoreConfig, { adminTokens }: Shop): StoreRoutes['admin'] => ({
  user: config.ADMIN_USER,
  password: config.ADMIN_PASSWORD ?? developmentPassword,
  attemptsMax: config.ADMIN_ATTEMPTS,
  signAdminToken: adminTokens.sign,
})

const reducerOf =
  ({ config, random, clock, log }: Context, { repo, store }: Shop) =>
  (options: { unitsPerStep?: number; delayMs?: number }) =>
    sellRandomUntilGone({ repo, nodeName: config.SQUALL_NODE, random, clock, log, itemSold: store.itemSold }, options)

function holdsOf({ presence, repo }: Shop): AppHolds {
  const { unsentChanges, ...held } = presence.held()
  return { ...held, pending: { unsentChanges, ...repo.held() } }
}

/** What `GET /state` says of the shop: counts, and carts without their ids (CT-18). */
function stateOf({ store, carts }: Shop) {
  const products = store.products()
  const open = carts.allCarts()
  return {
    inventory: products ? { products: products.map(stockOf) } : null,
    carts: open.map(({ meta: { page, items } }) => ({ page, items })),
    shoppers: new Set(open.map(({ cartId }) => cartId)).size,
  }
}

type Product = NonNullable<ReturnType<Shop['store']['products']>>[number]

const stockOf = ({ id, released, items }: Product) => ({
  id,
  released,
  items: items.map(({ id: itemId, availableCount }) => ({ id: itemId, availableCount })),
})
