import { z } from 'zod'
import type { Log } from '../../platform/log.ts'
import type { Broadcast, PubSub } from '../../pubsub/index.ts'
import { type Item, isNews, type Level, levelOf, levels, type Product, type Thresholds } from './catalog/product.ts'
import type { ItemChange } from './inventory/inventory.ts'
import { sizeSelector } from './web/size-selector.ts'

export type NotifyResult = 'broadcast' | 'no_change'

/** What a client that joins now is to be told. */
export interface ShownState {
  released: boolean
  sizeHtml: string
  items: { id: number; level: Level }[]
}

/** The one door from the shop's rules to its clients (ST-38). */
export interface Notifications {
  start(): void
  /** Tells the clients of all nodes. Changes no data, so that telling twice does no harm (ST-25, ST-33). */
  released(product: Product): void
  /** Tells the clients of all nodes about a change of an item, and says what it did (ST-28..ST-32). */
  stockChange(change: ItemChange): NotifyResult
  /** The same for a sale. What counts as before is what clients were told last: this node's copy may be ahead of it. */
  sold(change: ItemChange): NotifyResult
  /** Tells the clients of this node whatever they were told otherwise; answers how much that was (ST-57). */
  tellDifferences(products: readonly Product[]): number
  /** From this node's copy of the stock, or from newer news (ST-47). */
  stateOf(product: Product): ShownState
  /** To the carts of this node: the size is gone (CT-43, CT-49). */
  itemOut(itemId: number): void
  /** Only for the defect (DF-74): to the carts of all nodes, whether they know of the sale or not. */
  itemOutEverywhere(itemId: number): void
}

interface Told {
  version: number
  level: Level
}

/** Where the carts of a node hear that an item is gone (CT-43). */
export const itemOutTopic = (itemId: number) => `item_out:${itemId}`

const newsTopic = 'shop_news'

/** What travels between nodes. The version never reaches a client: it puts the news of several nodes in order. */
const newsShapes = {
  released: z.object({ product_id: z.number(), size_html: z.string() }),
  stock_change: z.object({
    product_id: z.number(),
    item_id: z.number(),
    level: z.enum(levels),
    version: z.number(),
  }),
}
type ReleaseNews = z.infer<typeof newsShapes.released>
type StockNews = z.infer<typeof newsShapes.stock_change>

interface NotificationsOptions {
  pubsub: PubSub
  thresholds: Thresholds
  /** This node's copy of the stock. */
  products(): readonly Product[] | undefined
  log: Log
  /** DF-15: everybody hears of everything. */
  isTopicTooBroad?: boolean
  /** DF-143: whoever joins it hears of everything. */
  topicOfAll?: string
  /** DF-63, DF-64: another rule of what clients must hear of. */
  isWorthTelling?: typeof isNews
  /** DF-71: what a release sends looks different from the page. */
  isFragmentWrong?: boolean
}

/**
 * Two nodes that sell the same item tell the world on two connections, and nothing says which news arrives first. So news goes to the
 * nodes with the item's version, and each node tells its own clients the newest that it knows, never something older than before.
 */
export function createNotifications(options: NotificationsOptions): Notifications {
  const { pubsub, thresholds, products, log, isTopicTooBroad = false, isFragmentWrong = false } = options
  const { isWorthTelling = isNews, topicOfAll } = options
  /** What the clients of this node were told last, or would see on a fresh page. */
  const toldLevels = new Map<number, Told>()
  const toldReleased = new Map<number, boolean>()
  /** What the carts of this node know is gone. They show this node's copy, which may follow the news long after. */
  const toldGone = new Set<number>()

  const fromCopy = ({ version, availableCount }: Item): Told => ({
    version,
    level: levelOf(availableCount, thresholds),
  })
  const newestOf = (item: Item) => newer(fromCopy(item), toldLevels.get(item.id))
  const htmlOf = (product: Product) =>
    sizeSelector(product, (item) => (isFragmentWrong ? 'high' : newestOf(item).level))
  const ownProduct = (productId: number) => products()?.find(({ id }) => id === productId)

  function tellLevel(productId: number, itemId: number, told: Told) {
    toldLevels.set(itemId, told)
    const payload = { product_id: productId, item_id: itemId, level: told.level }
    const listed = isTopicTooBroad ? (products() ?? []).map(({ id }) => id) : [productId]
    for (const id of listed) pubsub.localBroadcast(`product:${id}`, 'stock_change', payload)
    if (topicOfAll) pubsub.localBroadcast(topicOfAll, 'stock_change', payload)
  }

  function tellReleased(productId: number, sizeHtml: string) {
    toldReleased.set(productId, true)
    pubsub.localBroadcast(`product:${productId}`, 'released', { size_html: sizeHtml })
  }

  /** The sender's rendering may be older than what this node has told already; it serves where there is no copy yet. */
  function hearReleased({ product_id, size_html }: ReleaseNews) {
    const own = ownProduct(product_id)
    tellReleased(product_id, own ? htmlOf(own) : size_html)
  }

  function hearStock(news: StockNews) {
    const before = toldLevels.get(news.item_id)
    if (before && before.version > news.version) return
    const own = ownProduct(news.product_id)?.items.find(({ id }) => id === news.item_id)
    const latest = newer({ version: news.version, level: news.level }, own && fromCopy(own))
    if (!before || isWorthTelling(before.level, latest.level)) tellLevel(news.product_id, news.item_id, latest)
  }

  function hear({ event, payload }: Broadcast) {
    const released = event === 'released' ? newsShapes.released.safeParse(payload) : undefined
    const stock = event === 'stock_change' ? newsShapes.stock_change.safeParse(payload) : undefined
    if (released?.success) hearReleased(released.data)
    else if (stock?.success) hearStock(stock.data)
    else log.warn({ event }, 'notifications: news that cannot be read')
  }

  function announce({ id, productId }: Item, before: Level, { version, level }: Told): NotifyResult {
    if (!isWorthTelling(before, level)) return 'no_change'
    const news: StockNews = { product_id: productId, item_id: id, level, version }
    pubsub.broadcast(newsTopic, 'stock_change', news)
    return 'broadcast'
  }

  function tellItem(item: Item): number {
    const told = toldLevels.get(item.id)
    const latest = newestOf(item)
    if (!told || told.level === latest.level) {
      toldLevels.set(item.id, latest)
      return 0
    }
    tellLevel(item.productId, item.id, latest)
    return 1
  }

  function tellCarts({ id, availableCount }: Item) {
    if (availableCount > 0) toldGone.delete(id)
    else if (!toldGone.has(id)) itemOut(id)
  }

  function tellProduct(product: Product): number {
    const isNew = product.released && toldReleased.get(product.id) === false
    if (isNew) tellReleased(product.id, htmlOf(product))
    else if (!toldReleased.get(product.id)) toldReleased.set(product.id, product.released)
    for (const item of product.items) tellCarts(item)
    return product.items.reduce((sum, item) => sum + tellItem(item), isNew ? 1 : 0)
  }

  function itemOut(itemId: number) {
    toldGone.add(itemId)
    pubsub.localBroadcast(itemOutTopic(itemId), 'item_out', { item_id: itemId })
  }

  return {
    start: () => pubsub.subscribe(newsTopic, { deliver: hear }),
    released(product) {
      const news: ReleaseNews = { product_id: product.id, size_html: htmlOf(product) }
      pubsub.broadcast(newsTopic, 'released', news)
    },
    stockChange: ({ before, after }) => announce(after, fromCopy(before).level, fromCopy(after)),
    sold: ({ before, after }) => announce(after, (toldLevels.get(after.id) ?? fromCopy(before)).level, fromCopy(after)),
    tellDifferences: (fresh) => fresh.reduce((sum, product) => sum + tellProduct(product), 0),
    stateOf: (product) => ({
      released: product.released || toldReleased.get(product.id) === true,
      sizeHtml: htmlOf(product),
      items: product.items.map((item) => ({ id: item.id, level: newestOf(item).level })),
    }),
    itemOut,
    itemOutEverywhere: (itemId) => pubsub.broadcast(itemOutTopic(itemId), 'item_out', { item_id: itemId }),
  }
}

const newer = (one: Told, other: Told | undefined): Told => (other && other.version > one.version ? other : one)
