import { describe, expect, it } from 'vitest'
import { launchPagesRight } from '../../../../../harness/apps/store/checkers/launch-pages-right.ts'
import { final, historyOf, type TestEvent } from '../../../../support/histories.ts'

const check = (...events: TestEvent[]) => launchPagesRight.check(historyOf(...events))

const items = [
  { id: 1, availableCount: 0 },
  { id: 2, availableCount: 149 },
  { id: 3, availableCount: 500 },
]
const database = final('catalogue', {
  products: [
    { id: 1, released: true, items },
    { id: 2, released: false, items: [{ id: 9, availableCount: 5 }] },
  ],
})
const levels = { 1: 'out', 2: 'low', 3: 'high' }
const right = { state: { released: [1], levels }, cart: [{ id: 1, outOfStock: true }], pageCount: 4_999 }
const pages = (...groups: object[]) => final('launch-pages', groups)
const wrong = (own: object) => pages(right, { ...right, pageCount: 1, ...own })

describe('launch-pages-right (ST-2, NF-23)', () => {
  it('is valid when every page shows what the database holds', () => {
    expect(check(database, pages(right))).toEqual(expect.objectContaining({ outcome: 'passed' }))
  })

  it('says how late the pages were told, and what a shopper costs', () => {
    const spread = { p50: 12.4, p99: 80.6, max: 99 }
    const figures = final('launch-figures', { release: spread, levels: spread, heapKiloBytes: 21.34 })
    expect(check(database, pages(right), figures).why).toBe(
      '4999 pages show what the database holds; release seen after p50 12, p99 81, max 99 ms, levels p50 12, p99 81, max 99 ms behind the first page, 21.3 KB of heap for each shopper',
    )
  })

  it.each([
    [
      'a level that is out of date',
      { state: { released: [1], levels: { ...levels, 1: 'low' } } },
      'wrong pages: 1 page shows item 1 as low, and 0 of it are left',
    ],
    [
      'a size that is not shown',
      { state: { released: [1], levels: { 1: 'out', 2: 'low' } } },
      'wrong pages: 1 page shows item 3 as nothing, and 500 of it are left',
    ],
    [
      'a release that one page has missed',
      { state: { released: [], levels: {} } },
      'wrong pages: 1 page shows product 1 as coming soon, and it is not',
    ],
    [
      'a release that never was',
      { state: { released: [1, 2], levels: { ...levels, 9: 'low' } } },
      'wrong pages: 1 page shows product 2 as on sale, and it is not',
    ],
    [
      'a cart with a pair that is gone',
      { cart: [{ id: 1, outOfStock: false }] },
      'wrong pages: 1 page shows item 1 of a cart as available, and it is not',
    ],
  ])('is invalid with %s', (_what, own, why) => {
    expect(check(database, wrong(own))).toEqual(expect.objectContaining({ outcome: 'violated', why }))
  })

  it('is unknown without pages, and without the database', () => {
    expect(check().outcome).toBe('unknown')
    expect(check(database, pages()).outcome).toBe('unknown')
    expect(check(pages(right)).outcome).toBe('unknown')
  })
})
