import { describe, expect, it } from 'vitest'
import { livePagesMatchFreshRender } from '../../../../../harness/apps/store/checkers/live-pages-match-fresh-render.ts'
import { noRedundantStockBroadcast } from '../../../../../harness/apps/store/checkers/no-redundant-stock-broadcast.ts'
import { oneAnnouncementPerChange } from '../../../../../harness/apps/store/checkers/one-announcement-per-change.ts'
import { ownTopicsOnly } from '../../../../../harness/apps/store/checkers/own-topics-only.ts'
import { releasedEverywhere } from '../../../../../harness/apps/store/checkers/released-everywhere.ts'
import { rendersMatchDatabase } from '../../../../../harness/apps/store/checkers/renders-match-database.ts'
import { viewsMatchFreshRender } from '../../../../../harness/apps/store/checkers/views-match-fresh-render.ts'
import { joinedTopics } from '../../../../../harness/checkers/core/joined-topics.ts'
import { final, historyOf, invoke, ok, rendering, stock, type TestEvent } from '../../../../support/histories.ts'

const view = (value: unknown) => final('view', value, 'alice', 'n1')
const fresh = (value: unknown) => final('fresh-render', value, 'fresh', 'n2')
const release = [invoke('release', { productId: 1 }), ok('release', { productId: 1 })]

describe('views-match-fresh-render (ST-58, DF-1, DF-2)', () => {
  const check = (...events: TestEvent[]) => viewsMatchFreshRender.check(historyOf(...events))

  it('is valid when the open page shows what a reload would', () => {
    expect(check(view(rendering()), fresh(rendering())).outcome).toBe('passed')
  })

  it('is invalid for another level, another button and a listing that still waits', () => {
    expect(check(view(rendering('high')), fresh(rendering())).why).toContain('item 7 shows high instead of low')
    expect(check(view(rendering()), fresh(rendering('low', false, true))).outcome).toBe('violated')
    expect(check(view(rendering('low', true)), fresh(rendering())).why).toContain('still says coming soon')
    expect(check(view({ products: [] }), fresh(rendering())).why).toContain('product 1 is not shown')
  })

  it('is invalid for a product, or a size, that should not be there', () => {
    const more = rendering()
    more.products[0]!.sizes.push({ itemId: '8', level: 'low', disabled: false })
    expect(check(view(more), fresh(rendering())).why).toContain('2 sizes are shown instead of 1')
    const two = { products: [...rendering().products, { id: '2', soon: true, sizes: [] }] }
    expect(check(view(two), fresh(rendering())).why).toContain('product 2 is shown and should not be')
  })

  it('is unknown when a fresh page shows nothing', () => {
    expect(check(view({ products: [] }), fresh({ products: [] })).outcome).toBe('unknown')
  })

  it('is unknown when there is nothing to compare', () => {
    expect(check(fresh(rendering())).outcome).toBe('unknown')
    expect(check(view(rendering())).outcome).toBe('unknown')
  })
})

describe('renders-match-database (ST-27, ST-40, ST-41)', () => {
  const check = (...events: TestEvent[]) => rendersMatchDatabase.check(historyOf(...events))
  const of = (released: boolean, availableCount: number, shown: unknown) =>
    check(final('database', stock(released, { availableCount })), fresh(shown))

  it.each([
    [0, rendering('out', false, true)],
    [1, rendering('low')],
    [149, rendering('low')],
    [150, rendering('medium')],
    [499, rendering('medium')],
    [500, rendering('high')],
  ])('is valid for the level of %d', (availableCount, shown) => {
    expect(of(true, availableCount, shown).outcome).toBe('passed')
  })

  it('is invalid for another level, another button, another state and one product more', () => {
    expect(of(true, 8, rendering('high')).why).toBe('wrong page: n2 shows "item 7 high" instead of "item 7 low"')
    expect(of(true, 8, rendering('low', false, true)).why).toContain('"item 7 low, not to be clicked"')
    expect(of(true, 0, rendering('out')).outcome).toBe('violated')
    expect(of(false, 8, rendering()).why).toContain('"product 1 released" instead of "product 1 coming soon"')
    const two = { products: [...rendering().products, { id: '2', soon: true, sizes: [] }] }
    expect(of(true, 8, two).why).toBe('wrong page: n2 shows "product 2 coming soon", which is not in the database')
    expect(of(true, 8, { products: [] }).why).toContain('"nothing more"')
  })

  it('is unknown when no page or not the database was read', () => {
    expect(check(fresh(rendering())).outcome).toBe('unknown')
    expect(check(final('database', stock())).outcome).toBe('unknown')
  })
})

describe('released-everywhere (ST-23, NF-6)', () => {
  const check = (...events: TestEvent[]) => releasedEverywhere.check(historyOf(...events))

  it('is valid when every page and every node shows the release', () => {
    expect(check(...release, view(rendering()), fresh(rendering())).outcome).toBe('passed')
  })

  it('is invalid when one page still waits', () => {
    expect(check(...release, view(rendering('low', true)), fresh(rendering())).why).toContain('product 1 as alice')
  })

  it('is unknown when no release succeeded or nobody looked', () => {
    expect(check(view(rendering())).outcome).toBe('unknown')
    expect(check(...release).outcome).toBe('unknown')
  })
})

describe('one-announcement-per-change (ST-55, DF-60)', () => {
  const check = (...events: TestEvent[]) => oneAnnouncementPerChange.check(historyOf(...events))
  const heard = (joinRef: string | null): TestEvent => ({
    type: 'receive',
    who: 'alice',
    topic: 'product:1',
    event: 'released',
    joinRef,
  })

  it('is valid when one release is announced once', () => {
    expect(check(...release, heard(null)).outcome).toBe('passed')
  })

  it('does not count the state that a join sends (ST-47)', () => {
    expect(check(...release, heard(null), heard('1'), heard('2')).outcome).toBe('passed')
  })

  it('is invalid when every node announces it', () => {
    expect(check(...release, heard(null), heard(null)).why).toContain('announced 2 times')
  })

  it('is unknown when nothing was released or nobody heard', () => {
    expect(check(heard(null)).outcome).toBe('unknown')
    expect(check(...release).outcome).toBe('unknown')
  })
})

describe('joined-topics (CH-108, CH-112, DF-4)', () => {
  const check = (...values: unknown[]) =>
    joinedTopics.check(historyOf(...values.map((one) => final('joined', one, 'alice'))))
  const expected = ['product:1', 'product:2']

  it('is valid when a client is joined to all of its topics', () => {
    expect(check({ connected: true, expected, joined: expected }).outcome).toBe('passed')
  })

  it('is invalid when it is connected and deaf, or not connected', () => {
    expect(check({ connected: true, expected, joined: ['product:1'] }).why).toContain('alice misses product:2')
    expect(check({ connected: false, expected, joined: [] }).why).toContain('not connected')
  })

  it('is unknown when no client was looked at', () => {
    expect(check().outcome).toBe('unknown')
  })
})

describe('own-topics-only (CH-51, DF-15)', () => {
  const heard = (topic: string, product_id: number): TestEvent => ({
    type: 'receive',
    who: 'alice',
    topic,
    event: 'stock_change',
    value: { product_id, item_id: 7, level: 'low' },
  })
  const check = (...events: TestEvent[]) => ownTopicsOnly.check(historyOf(...events))

  it('is valid when each change is on the topic of its product', () => {
    expect(check(heard('product:1', 1), heard('product:2', 2)).outcome).toBe('passed')
  })

  it('is invalid when somebody hears of another product', () => {
    expect(check(heard('product:1', 1), heard('product:2', 1)).why).toMatch(/^irrelevant: alice/)
  })

  it('is unknown when nobody heard of anything', () => {
    expect(check().outcome).toBe('unknown')
  })
})

describe('no-redundant-stock-broadcast (ST-29, ST-30, DF-64)', () => {
  const events = (level: string, joinRef: string | null = null): TestEvent => ({
    type: 'receive',
    who: 'alice',
    topic: 'product:1',
    event: 'stock_change',
    joinRef,
    value: { product_id: 1, item_id: 7, level },
  })
  const check = (...all: TestEvent[]) => noRedundantStockBroadcast.check(historyOf(...all))

  it('is valid when every announcement says something new, and for a gone item again and again', () => {
    expect(check(events('medium'), events('low'), events('out'), events('out')).outcome).toBe('passed')
  })

  it('is invalid when a level is announced that was told already, by a join or by news', () => {
    expect(check(events('low', '4'), events('low')).why).toContain('no news: item 7 to alice on product:1 is low')
    expect(check(events('medium'), events('low'), events('low')).outcome).toBe('violated')
  })

  it('is valid when somebody joins between a sale and the news of it, and is told both', () => {
    const sale = invoke('sell', { itemId: 7 })
    const between = [events('medium', '1'), sale, events('low', '2'), events('low')]
    expect(check(...between).outcome).toBe('passed')
    expect(check(...between, events('low')).outcome).toBe('violated')
    expect(check(events('low', '1'), sale, events('low')).outcome).toBe('violated')
  })

  it('takes what a join is answered with for state', () => {
    expect(check(events('low'), events('low', '9')).outcome).toBe('passed')
  })

  it('is unknown when nothing was announced', () => {
    expect(check(events('low', '4')).outcome).toBe('unknown')
  })
})

describe('live-pages-match-fresh-render (LV-5, LV-13, DF-117)', () => {
  const check = (...events: TestEvent[]) => livePagesMatchFreshRender.check(historyOf(...events))
  const page = (html: string, path = '/drops') => final('live-page', { path, html }, 'bob', 'n2')
  const render = (html: string, path = '/drops') => final('live-render', { path, html }, 'fresh', 'n1')

  it('passes when each page is what its address shows now', () => {
    expect(
      check(page('<p>low</p>'), render('<p>low</p>'), page('<i>1</i>', '/other'), render('<i>1</i>', '/other')).outcome,
    ).toBe('passed')
  })

  it('is violated by any other letter, and shows where', () => {
    const { outcome, why } = check(page('<p>high</p>'), render('<p>low</p>'))
    expect(outcome).toBe('violated')
    expect(why).toBe('stale live page: bob on n2 shows "<p>high</p>", and a fresh page of n1 "<p>low</p>"')
  })

  it('is unknown when no page is open, or its address shows nothing', () => {
    expect(check(render('<p>low</p>')).outcome).toBe('unknown')
    expect(check(page('<p>low</p>')).outcome).toBe('unknown')
    expect(check(page('<p>low</p>'), render('<p>low</p>', '/other')).outcome).toBe('unknown')
    expect(check(page('<p>low</p>'), render('')).outcome).toBe('unknown')
  })
})
