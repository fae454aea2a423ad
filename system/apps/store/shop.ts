import type { AppContext } from '../../node/module.ts'
import type { Defect } from '../../platform/defects.ts'
import { createPresence } from '../../presence/index.ts'
import { type Child, child } from '../../runtime/index.ts'
import type { Cart } from './cart/cart.ts'
import { createCartTokens } from './cart/cart-token.ts'
import { readAvailability } from './catalog/product-reads.ts'
import { adminSocket, createAdminTokens } from './channels/admin-socket.ts'
import { cartChannel, resyncTopic } from './channels/cart-channel.ts'
import { productSocket } from './channels/product-socket.ts'
import { createCheckout } from './checkout/checkout.ts'
import { createOrders } from './checkout/order.ts'
import type { StoreVariables } from './config.ts'
import { createRepo, type DatabasePool, type PoolOptions } from './db/repo.ts'
import { brokenInventory, brokenLoader } from './inventory/broken-inventory.ts'
import { createInventory } from './inventory/inventory.ts'
import { createNotifications } from './notifications.ts'
import { createCartTracker } from './presence/cart-tracker.ts'
import { createReplication } from './replication/replication.ts'
import { createLoader, createStore } from './store.ts'

export interface ShopOptions extends AppContext<StoreVariables> {
  openPool(options: PoolOptions): DatabasePool
}

export type Shop = ReturnType<typeof createShop>

/** The shop of one node without its pages: what decides, what follows, what tells the clients, and the sockets that carry it. */
export function createShop(options: ShopOptions) {
  const { config, pubsub, runtime, clock, log, beforeHandle } = options
  const { SQUALL_NODE: nodeName } = config
  const defects: ReadonlySet<Defect> = new Set()
  const thresholds = { lowBelow: config.STORE_LOW_BELOW, mediumBelow: config.STORE_MEDIUM_BELOW }
  const signing = { clock, ...(options.sealer && { sealer: options.sealer }) }
  const repo = createRepo({ open: options.openPool, runtime, log })
  const plainInventory = createInventory({
    loader: brokenLoader(createLoader(repo), defects),
    runtime,
    clock,
    log,
    beforeHandle,
    quirks: { unordered: defects.has('DF-62') },
    onLoaded: (products) => void notifications.tellDifferences(products),
  })
  const inventory = brokenInventory(plainInventory, defects)
  const notifications = createNotifications({
    pubsub,
    thresholds,
    products: inventory.products,
    log,
    isTopicTooBroad: defects.has('DF-15'),
    ...(defects.has('DF-143') && { topicOfAll: 'product:all' }),
    isFragmentWrong: defects.has('DF-71'),
    ...(defects.has('DF-63') && { isWorthTelling: (before, after) => before !== after }),
    ...(defects.has('DF-64') && { isWorthTelling: () => true }),
  })
  const replication = createReplication({
    pubsub,
    runtime,
    log,
    mute: defects.has('DF-56'),
    echo: defects.has('DF-59'),
    deafAfterRestart: defects.has('DF-99'),
    handle: (event) => store.handleReplicated(event),
  })
  const { replicate } = replication
  const store = createStore({ repo, inventory, notifications, replicate, nodeName, defects, clock, log })
  // News may have been lost while the peer was away (ST-57).
  if (!defects.has('DF-61')) pubsub.onPeerUp(inventory.refresh)
  // Carts may have changed on both sides: each tells what it has (CT-41).
  pubsub.onPeerUp(() => pubsub.localBroadcast(resyncTopic, 'resync', {}))

  const presence = createPresence({
    name: 'CartTracker',
    pubsub,
    clock,
    log,
    shards: config.TRACKER_SHARDS,
    downAfterMs: defects.has('DF-91') ? Number.POSITIVE_INFINITY : config.TRACKER_DOWN_MS,
    ...(defects.has('DF-91') && { goneAfterMs: Number.POSITIVE_INFINITY }),
    tellEverybody: defects.has('DF-93'),
    quirks: { downForGood: defects.has('DF-92') },
  })
  const carts = createCartTracker(presence)
  const checkout = createCheckout({
    repo,
    tokens: createCartTokens({ ...signing, secret: options.secret, isClockTrusted: defects.has('DF-42') }),
    nodeName,
    defects,
    requireReady: store.requireLoaded,
    announceSale: store.announceSale,
    doubtSale: store.doubtSale,
    beforeCommit: () => beforeHandle('Checkout.commit'),
    countInCache: (itemId) => inventory.item(itemId)?.availableCount ?? 0,
    announceEarly: async (itemId, client) => {
      const reader = { query: async (sql: string, params?: unknown[]) => (await client.query(sql, params)).rows }
      await inventory.itemSold(itemId, (id) => readAvailability(reader as typeof repo, id))
    },
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
    defects,
    oneSizePerShoe: config.STORE_ONE_SIZE_PER_SHOE,
    ...(defects.has('DF-31') && {
      trackOn: (topic: string, owner: string) => void presence.track(owner, topic, owner, {}),
    }),
  })
  const adminTokens = createAdminTokens({ ...signing, secret: options.secret })

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
        stateOnJoin: config.STORE_STATE_ON_JOIN && !defects.has('DF-1') && !defects.has('DF-2'),
        route: config.STORE_PRODUCT_ROUTE,
        cart,
      }),
      adminSocket({
        tokens: adminTokens,
        stateOf: presence.state,
        anybody: defects.has('DF-32'),
        withoutState: defects.has('DF-95'),
      }),
    ],
    /** In the order in which they are started. */
    actors: [
      child('repo', repo.start),
      child('inventory', inventory.start),
      child('replication', replication.start),
    ] satisfies Child[],
  }
}
