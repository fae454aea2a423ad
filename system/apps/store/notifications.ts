import { z } from 'zod'
import type { Log } from '../../platform/log.ts'
import type { Broadcast, PubSub } from '../../pubsub/index.ts'
import { type Item, isNews, type Level, levelOf, levels, type Product, type Thresholds } from './catalog/product.ts'
import type { ItemChange } from './inventory/inventory.ts'
import { sizeSelector } from './web/size-selector.ts'

export type NotifyResult = 'broadcast' | 'no_change'

/** What a client is sent when it joins. */
export interface ShownState {
  released: boolean
  sizeHtml: string
  items: { id: number; level: Level }[]
}

/** Everything that the shop sends to its clients goes through here (ST-38). */
export interface Notifications {
  start(): void
  /** Tells the clients of all nodes. Changes no data, so that repeating it does no harm (ST-25, ST-33). */
  released(product: Product): void
  /** Tells the clients of all nodes about a change of an item; returns whether it sent anything (ST-28..ST-32). */
  stockChange(change: ItemChange): NotifyResult
  /** The same for a sale, compared with what clients were told last: this node's copy may be ahead of that. */
  sold(change: ItemChange): NotifyResult
  /** Tells the clients of this node what differs from what they were told; returns the number of differences (ST-57). */
  tellDifferences(products: readonly Product[]): number
  /** From this node's copy of the stock, or from a message that is newer (ST-47). */
  stateOf(product: Product): ShownState
  /** Tells the carts of this node that the size is sold out (CT-43, CT-49). */
  itemOut(itemId: number): void
}

interface VersionedLevel {
  version: number
  level: Level
}

/** The topic on which the carts of a node are told that an item is sold out (CT-43). */
export const itemOutTopic = (itemId: number) => `item_out:${itemId}`

const newsTopic = 'shop_news'

/** Messages between nodes. The version is not sent to clients: it orders the messages of several nodes. */
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
}

/**
 * Messages of two nodes that sell the same item may arrive in any order. They therefore carry the item's version, and each node sends its
 * own clients the newest level that it knows, never an older one than before.
 */
export function createNotifications(options: NotificationsOptions): Notifications {
  const { pubsub, thresholds, products, log } = options
  /** What the clients of this node were told last, or would see on a fresh page. */
  const toldLevels = new Map<number, VersionedLevel>()
  const toldReleased = new Map<number, boolean>()
  /** Items that the carts of this node were told are sold out. Carts show this node's copy, which may be updated long after the message. */
  const toldGone = new Set<number>()

  const fromCopy = ({ version, availableCount }: Item): VersionedLevel => ({
    version,
    level: levelOf(availableCount, thresholds),
  })
  const newestOf = (item: Item) => newer(fromCopy(item), toldLevels.get(item.id))
  const htmlOf = (product: Product) => sizeSelector(product, (item) => newestOf(item).level)
  const ownProduct = (productId: number) => products()?.find(({ id }) => id === productId)

  function tellLevel(productId: number, itemId: number, told: VersionedLevel) {
    toldLevels.set(itemId, told)
    const payload = { product_id: productId, item_id: itemId, level: told.level }
    pubsub.localBroadcast(`product:${productId}`, 'stock_change', payload)
  }

  function tellReleased(productId: number, sizeHtml: string) {
    toldReleased.set(productId, true)
    pubsub.localBroadcast(`product:${productId}`, 'released', { size_html: sizeHtml })
  }

  /** The sender's HTML may be older than what this node's clients were told, so it is used only until this node has loaded its stock. */
  function hearReleased({ product_id, size_html }: ReleaseNews) {
    const own = ownProduct(product_id)
    tellReleased(product_id, own ? htmlOf(own) : size_html)
  }

  function hearStock(news: StockNews) {
    const before = toldLevels.get(news.item_id)
    if (before && before.version > news.version) return
    const own = ownProduct(news.product_id)?.items.find(({ id }) => id === news.item_id)
    const latest = newer({ version: news.version, level: news.level }, own && fromCopy(own))
    if (!before || isNews(before.level, latest.level)) tellLevel(news.product_id, news.item_id, latest)
  }

  function hear({ event, payload }: Broadcast) {
    const released = event === 'released' ? newsShapes.released.safeParse(payload) : undefined
    const stock = event === 'stock_change' ? newsShapes.stock_change.safeParse(payload) : undefined
    if (released?.success) hearReleased(released.data)
    else if (stock?.success) hearStock(stock.data)
    else log.warn({ event }, 'notifications: dropped undecodable message')
  }

  function announce({ id, productId }: Item, before: Level, { version, level }: VersionedLevel): NotifyResult {
    if (!isNews(before, level)) return 'no_change'
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
  }
}

const newer = (one: VersionedLevel, other: VersionedLevel | undefined): VersionedLevel =>
  other && other.version > one.version ? other : one
