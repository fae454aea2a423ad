import { describe, expect, it } from 'vitest'
import { createNotifications } from '../../../../system/apps/store/notifications.ts'
import { sizeSelector } from '../../../../system/apps/store/web/size-selector.ts'
import { silentLog } from '../../../../system/platform/log.ts'
import { createPubSub } from '../../../../system/pubsub/index.ts'
import { completeProducts, thresholds } from '../../../support/complete-products.ts'

function listening(topic: string) {
  const pubsub = createPubSub({ nodeName: 'n1', log: silentLog })
  const heard: { event: string; payload: unknown }[] = []
  pubsub.subscribe(topic, { deliver: ({ event, payload }) => heard.push({ event, payload }) })
  return { heard, notifications: createNotifications({ pubsub, thresholds }) }
}

const [, second] = completeProducts() as [unknown, ReturnType<typeof completeProducts>[number]]
const item = second.items[0]!
const change = (before: number, after: number) => ({
  before: { ...item, availableCount: before },
  after: { ...item, availableCount: after },
})

describe('released', () => {
  it('carries the selector of the page with every item (ST-24, ST-62)', () => {
    const { heard, notifications } = listening('product:2')
    notifications.released(second)
    expect(heard).toEqual([{ event: 'released', payload: { size_html: sizeSelector(second, thresholds) } }])
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
    const { heard, notifications } = listening('product:2')
    const counts = [900, 300, 20, 0, 20, 300, 900]
    counts.slice(1).forEach((after, index) => {
      notifications.stockChange(change(counts[index]!, after))
    })
    const levels = heard.map(({ payload }) => (payload as { level: string }).level)
    expect(levels).toEqual(['medium', 'low', 'out', 'low', 'medium', 'high'])
  })
})
