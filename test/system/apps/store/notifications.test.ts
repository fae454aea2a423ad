import { describe, expect, it } from 'vitest'
import type { Product } from '../../../../system/apps/store/catalog/product.ts'
import { createNotifications } from '../../../../system/apps/store/notifications.ts'
import { sizeSelector } from '../../../../system/apps/store/web/size-selector.ts'
import { silentLog } from '../../../../system/platform/log.ts'
import { createPubSub } from '../../../../system/pubsub/index.ts'
import { completeProducts, shownLevel, thresholds } from '../../../support/complete-products.ts'

/** One node: what its clients hear, and news as another node would send it. */
function listening(topic: string, products: Product[] = completeProducts()) {
  const pubsub = createPubSub({ nodeName: 'n1', log: silentLog })
  const heard: { event: string; payload: unknown }[] = []
  pubsub.subscribe(topic, { deliver: ({ event, payload }) => heard.push({ event, payload }) })
  const notifications = createNotifications({ pubsub, thresholds, products: () => products, log: silentLog })
  notifications.start()
  const news = (level: string, version: number) =>
    pubsub.broadcast('shop_news', 'stock_change', { product_id: 2, item_id: 2, level, version })
  const levels = () => heard.filter(({ event }) => event === 'stock_change').map(({ payload }) => levelIn(payload))
  return { pubsub, heard, levels, notifications, news }
}

const levelIn = (payload: unknown) => (payload as { level: string }).level

const [, second] = completeProducts() as [Product, Product]
const item = second.items[0]!
const change = (before: number, after: number) => ({
  before: { ...item, availableCount: before },
  after: { ...item, availableCount: after },
})

describe('released', () => {
  it('carries the selector of the page with every item (ST-24, ST-62)', () => {
    const { heard, notifications } = listening('product:2')
    notifications.released(second)
    expect(heard).toEqual([{ event: 'released', payload: { size_html: sizeSelector(second, shownLevel) } }])
    const html = (heard[0]!.payload as { size_html: string }).size_html
    for (const { id } of second.items) expect(html).toContain(`value="${id}"`)
  })

  it('goes only to its own topic', () => {
    const { heard, notifications } = listening('product:1')
    notifications.released(second)
    expect(heard).toEqual([])
  })
})

describe('stockChange', () => {
  it('says the product, the item and the level, and what it did (ST-28, ST-31)', () => {
    const { heard, notifications } = listening('product:2')
    expect(notifications.stockChange(change(5, 0))).toBe('broadcast')
    expect(heard).toEqual([{ event: 'stock_change', payload: { product_id: 2, item_id: item.id, level: 'out' } }])
  })

  it('is silent when the level stays (ST-29, ST-31)', () => {
    const { heard, notifications } = listening('product:2')
    expect(notifications.stockChange(change(5, 4))).toBe('no_change')
    expect(heard).toEqual([])
  })

  it('never suppresses out (ST-30)', () => {
    const { heard, notifications } = listening('product:2')
    notifications.stockChange(change(0, 0))
    notifications.stockChange(change(0, 0))
    expect(heard).toHaveLength(2)
  })

  it('follows the stock down and back up, once for each level (ST-32)', () => {
    const counts = [900, 300, 20, 0, 20, 300, 900]
    const { levels, notifications } = listening('product:2', [])
    counts.slice(1).forEach((after, index) => {
      notifications.stockChange(change(counts[index]!, after))
    })
    expect(levels()).toEqual(['medium', 'low', 'out', 'low', 'medium', 'high'])
  })
})

const withItem = (availableCount: number, version: number) =>
  completeProducts().map((product) => ({
    ...product,
    items: product.items.map((one) => (one.id === item.id ? { ...one, availableCount, version } : one)),
  }))

describe('news of several nodes', () => {
  it('that arrive in the wrong order never bring an old level back (ST-28, NF-4)', () => {
    const { levels, news } = listening('product:2')
    news('out', 9)
    news('low', 8)
    expect(levels()).toEqual(['out'])
  })

  it('tell the newest that the node knows, also when its copy is ahead of the news', () => {
    const { levels, news } = listening('product:2', withItem(0, 9))
    news('low', 8)
    expect(levels()).toEqual(['out'])
  })

  it('are told by the seller whose own copy was ahead of what clients know (ST-32)', () => {
    const { levels, notifications } = listening('product:2', withItem(300, 1))
    notifications.tellDifferences(withItem(300, 1))
    const silent = { ...item, availableCount: 100, version: 3 }
    expect(notifications.sold({ before: silent, after: silent })).toBe('broadcast')
    expect(notifications.sold({ before: silent, after: { ...silent, version: 4 } })).toBe('no_change')
    expect(levels()).toEqual(['low'])
  })

  it('that cannot be read change nothing', () => {
    const { heard, pubsub } = listening('product:2')
    pubsub.broadcast('shop_news', 'stock_change', { product_id: 2, item_id: 2, level: 'gone', version: 9 })
    pubsub.broadcast('shop_news', 'surprise', {})
    expect(heard).toEqual([])
  })
})

describe('what a joining client is told (ST-47)', () => {
  it('is never older than what the others were told', () => {
    const { notifications, news } = listening('product:2')
    news('out', 9)
    notifications.released(second)
    const { released, items, sizeHtml } = notifications.stateOf(second)
    expect([released, items[0]!.level]).toEqual([true, 'out'])
    expect(sizeHtml).toContain('entry--level-out" name="item_id" value="2" disabled')
  })
})

describe('after a load of the stock (ST-57)', () => {
  it('the clients of this node are told what they were told otherwise, and nothing else', () => {
    const { heard, pubsub, notifications } = listening('product:2')
    const gone: unknown[] = []
    pubsub.subscribe('item_out:2', { deliver: ({ payload }) => gone.push(payload) })
    expect(notifications.tellDifferences(completeProducts())).toBe(0)
    const fresh = withItem(0, 5).map((product) => ({ ...product, released: product.id === 2 }))
    expect(notifications.tellDifferences(fresh)).toBe(2)
    expect(notifications.tellDifferences(fresh)).toBe(0)
    expect(heard.map(({ event }) => event)).toEqual(['released', 'stock_change'])
    expect(gone).toEqual([{ item_id: 2 }])
  })

  it('carts are told that an item is gone though the pages were told before the node could read it (CT-43, CT-50)', () => {
    const { pubsub, notifications, news, levels } = listening('product:2')
    const gone: unknown[] = []
    pubsub.subscribe('item_out:2', { deliver: ({ payload }) => gone.push(payload) })
    notifications.tellDifferences(completeProducts())
    news('out', 9)
    expect(gone).toEqual([])
    for (let load = 0; load < 2; load += 1) notifications.tellDifferences(withItem(0, 9))
    expect([levels(), gone]).toEqual([['out'], [{ item_id: 2 }]])
  })
})
