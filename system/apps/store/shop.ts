import type { AppContext } from '../../node/module.ts'
import { createPresence } from '../../presence/index.ts'
import { type Child, child } from '../../runtime/index.ts'
import type { Cart } from './cart/cart.ts'
import { createCartTokens } from './cart/cart-token.ts'
import { adminSocket, createAdminTokens } from './channels/admin-socket.ts'
import { cartChannel, resyncTopic } from './channels/cart-channel.ts'
import { productSocket } from './channels/product-socket.ts'
import { createCheckout } from './checkout/checkout.ts'
import { createOrders } from './checkout/order.ts'
import type { StoreVariables } from './config.ts'
import { createRepo, type DatabasePool, type PoolOptions } from './db/repo.ts'
import { createInventory } from './inventory/inventory.ts'
import { createNotifications } from './notifications.ts'
import { createCartTracker } from './presence/cart-tracker.ts'
import { createReplication } from './replication/replication.ts'
import { createLoader, createStore } from './store.ts'

export interface ShopOptions extends AppContext<StoreVariables> {
  openPool(options: PoolOptions): DatabasePool
}

export type Shop = ReturnType<typeof createShop>

/** The shop of one node without its pages: database access, the copy of the stock, replication, notifications and sockets. */
export function createShop(options: ShopOptions) {
  const { config, pubsub, runtime, clock, log, beforeHandle } = options
  const { SQUALL_NODE: nodeName } = config
  const thresholds = { lowBelow: config.STORE_LOW_BELOW, mediumBelow: config.STORE_MEDIUM_BELOW }
  const signing = { secret: options.secret, clock, ...(options.sealer && { sealer: options.sealer }) }
  const repo = createRepo({ open: options.openPool, runtime, log })
  const inventory = createInventory({
    loader: createLoader(repo),
    runtime,
    log,
    beforeHandle,
    onLoaded: (products) => void notifications.tellDifferences(products),
  })
  const notifications = createNotifications({ pubsub, thresholds, products: inventory.products, log })
  const replication = createReplication({ pubsub, runtime, log, handle: (event) => store.handleReplicated(event) })
  const { replicate } = replication
  const store = createStore({ repo, inventory, notifications, replicate, nodeName, clock, log })
  // Messages may have been lost while the peer was disconnected (ST-57).
  pubsub.onPeerUp(inventory.refresh)
  // Carts may have changed on both sides, so each side sends what it has (CT-41).
  pubsub.onPeerUp(() => pubsub.localBroadcast(resyncTopic, 'resync', {}))

  const presence = createPresence({
    name: 'CartTracker',
    pubsub,
    clock,
    log,
    shards: config.TRACKER_SHARDS,
    downAfterMs: config.TRACKER_DOWN_MS,
  })
  const carts = createCartTracker(presence)
  const checkout = createCheckout({
    repo,
    tokens: createCartTokens(signing),
    nodeName,
    requireReady: store.requireLoaded,
    announceSale: store.announceSale,
    reconcileSale: store.reconcileSale,
    beforeCommit: () => beforeHandle('Checkout.commit'),
  })
  const tellTabs = async (cartId: string, after: Cart, removed: number[]) => {
    const serialized = await checkout.exportCart(after)
    pubsub.broadcast(`cart:${cartId}`, 'cart_updated', { serialized, added: [], removed })
  }
  const cart = cartChannel({
    checkout,
    products: store.products,
    tracker: carts,
    clock,
    log,
    oneSizePerShoe: config.STORE_ONE_SIZE_PER_SHOE,
    itemsMax: config.STORE_CART_ITEMS_MAX,
  })
  const adminTokens = createAdminTokens(signing)

  return {
    thresholds,
    repo,
    inventory,
    notifications,
    replication,
    store,
    presence,
    carts,
    checkout,
    adminTokens,
    buyCart: createOrders({ checkout, tellTabs, log }),
    sockets: [
      productSocket({
        products: store.products,
        stateOf: notifications.stateOf,
        stateOnJoin: config.STORE_STATE_ON_JOIN,
        route: config.STORE_PRODUCT_ROUTE,
        cart,
      }),
      adminSocket({ tokens: adminTokens, stateOf: presence.state }),
    ],
    /** In start order. */
    actors: [
      child('repo', repo.start),
      child('inventory', inventory.start),
      child('replication', replication.start),
    ] satisfies Child[],
  }
}
