import type { PubSub } from '../../pubsub/index.ts'
import { isNews, levelOf, type Product, type Thresholds } from './catalog/product.ts'
import type { ItemChange } from './inventory/inventory.ts'
import { sizeSelector } from './web/size-selector.ts'

export type NotifyResult = 'broadcast' | 'no_change'

type Send = (topic: string, event: string, payload: unknown) => void

/** What clients are told. Changes no data, so that telling twice does no harm (ST-25, ST-33). */
export interface Announcements {
  released(product: Product): void
  /** Says what it did (ST-31). */
  stockChange(change: ItemChange): NotifyResult
}

export interface Notifications extends Announcements {
  /** Only to the clients of this node. */
  readonly locally: Announcements
  /** To the carts of this node: the size is gone (CT-43, CT-49). */
  itemOut(itemId: number): void
}

/** The one door from the shop's rules to its clients (ST-38). */
export function createNotifications({ pubsub, thresholds }: { pubsub: PubSub; thresholds: Thresholds }): Notifications {
  const announcements = (send: Send): Announcements => ({
    released: (product) => send(`product:${product.id}`, 'released', { size_html: sizeSelector(product, thresholds) }),
    stockChange({ before, after }) {
      const level = levelOf(after.availableCount, thresholds)
      if (!isNews(levelOf(before.availableCount, thresholds), level)) return 'no_change'
      send(`product:${after.productId}`, 'stock_change', { product_id: after.productId, item_id: after.id, level })
      return 'broadcast'
    },
  })
  return {
    ...announcements(pubsub.broadcast),
    locally: announcements(pubsub.localBroadcast),
    itemOut: (itemId) => pubsub.localBroadcast(`item_out:${itemId}`, 'item_out', { item_id: itemId }),
  }
}
