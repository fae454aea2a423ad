import type { Cluster } from './cluster.ts'
import type { SimulatedNode } from './node.ts'
import type { Row } from './tables.ts'
import type { World } from './world.ts'

/** What everybody sees at the end: the last thing in a record, for the checkers. */
export async function readFinals(cluster: Cluster, world: World) {
  const final = (operation: string, value: unknown, who = 'harness', node?: string) =>
    cluster.recorder.record({ who, type: 'final', operation, value, ...(node && { node }) })
  // First, while nothing is going on: the pages below are asked for.
  for (const { name, holds } of cluster.nodes())
    final('node-holds', { holds: holds(), present: presentAt(world, name) }, name, name)
  final('database', stockOf(cluster))
  for (const node of cluster.nodes()) final('node-state', stateOf(node), node.name, node.name)
  for (const { name } of cluster.nodes()) final('fresh-render', await freshPage(cluster, name), 'fresh', name)
  final('orders', ordersOf(cluster))
  for (const page of world.pages) {
    if (page.isLoaded()) final('view', page.html(), page.who, page.node)
    const cart = page.cart()
    if (cart) final('cart', cart, page.who, page.node)
  }
  for (const { name, node, cart } of world.shoppers()) final('cart', cart(), name, node)
  for (const { who, node, sight } of world.dashboards) final('dashboard', sight(), who, node)
  for (const { who, joins } of world.everybody()) final('joined', joins(), who)
  for (const { who, node, conversation } of world.visitors) final('conversation', conversation(), who, node)
}

async function freshPage(cluster: Cluster, name: string): Promise<string> {
  const response = await cluster.ask(name, { do: 'page' }, 5_000)
  return response.kind === 'answered' ? String(response.body) : ''
}

function stateOf({ name, shop, pubsub, adapter, holds }: SimulatedNode) {
  const products = shop.store.products()
  const carts = shop.carts.allCarts()
  return {
    node: name,
    inventory: products
      ? {
          products: products.map(({ id, released, items }) => ({
            id,
            released,
            items: items.map(({ id: itemId, availableCount }) => ({ id: itemId, availableCount })),
          })),
        }
      : null,
    carts: carts.map(({ meta: { page, items } }) => ({ page, items })),
    shoppers: new Set(carts.map(({ cartId }) => cartId)).size,
    sent: adapter.sent(),
    holds: { changesTold: holds().changesTold },
    counters: { ...pubsub.counters, ...shop.replication.counters, ...adapter.counters },
  }
}

interface Sale extends Row {
  item_id: number
  units: number
  order_id: string | null
}

function stockOf({ database }: Cluster) {
  const sales = database.rows('sales/') as Sale[]
  const items = database.rows('items/').map(({ id, product_id }) => {
    const stock = database.rows(`availability/${id}`).find(({ item_id }) => item_id === id)!
    const soldUnits = sales.filter(({ item_id }) => item_id === id).reduce((sum, { units }) => sum + units, 0)
    const { initial_count: initialCount, available_count: availableCount } = stock
    return { productId: product_id, item: { id, initialCount, availableCount, soldUnits } }
  })
  return {
    products: database.rows('products/').map(({ id, released }) => ({
      id,
      released,
      items: items.filter(({ productId }) => productId === id).map(({ item }) => item),
    })),
  }
}

function ordersOf({ database }: Cluster) {
  const sales = database.rows('sales/') as Sale[]
  const priceOf = new Map<unknown, number>()
  for (const { id, product_id } of database.rows('items/')) {
    const product = database.rows('products/').find((row) => row.id === product_id)!
    priceOf.set(id, product.price_usd as number)
  }
  return database.rows('orders/').map(({ id, shopper, key, total_usd, items }) => {
    const sold = sales.filter(({ order_id }) => String(order_id) === String(id)).map(({ item_id }) => item_id)
    return {
      id: Number(id),
      shopper,
      key,
      totalUsd: total_usd,
      itemIds: (items as { itemId: number }[]).map(({ itemId }) => itemId),
      soldItemIds: sold.sort((a, b) => a - b),
      soldUsd: sold.reduce((sum, itemId) => sum + (priceOf.get(itemId) ?? 0), 0),
    }
  })
}

/** What everybody at a node may account for, as `Present` of a live run says it. */
const presentAt = (world: World, name: string) =>
  [
    ...world.everybody().map(({ who, node, joins }) => {
      const { connected, expected } = joins()
      return { who, node, connections: connected ? 1 : 0, polls: 0, channels: connected ? expected.length : 0 }
    }),
    ...world.visitors.flatMap(({ present }) => present()),
  ].filter(({ node }) => node === name)
