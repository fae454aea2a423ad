import { describe, expect, it } from 'vitest'
import { figuresOf, spreadOf } from '../../../../../harness/apps/store/launch/figures.ts'
import type { PagesReport } from '../../../../../harness/apps/store/launch/messages.ts'
import { afterRelease, afterStockChange, unreleased } from '../../../../../harness/apps/store/launch/page.ts'

const button = (itemId: number, level: string) =>
  `<button type="button" class="size-container__entry size-container__entry--level-${level}" name="item_id" value="${itemId}">9</button>`

describe('an open page of a release day', () => {
  it('shows the sizes that a release brings along', () => {
    const page = afterRelease(unreleased, 2, button(7, 'high') + button(8, 'low'))
    expect(page).toEqual({ released: [2], levels: { 7: 'high', 8: 'low' } })
    expect(afterRelease(page, 1, button(1, 'out'))).toEqual({
      released: [1, 2],
      levels: { 1: 'out', 7: 'high', 8: 'low' },
    })
  })

  it('does not change when it is told of a release again, or of what it shows', () => {
    const page = afterRelease(unreleased, 2, button(7, 'high'))
    expect(afterRelease(page, 2, button(7, 'out'))).toBe(page)
    expect(afterStockChange(page, 7, 'high')).toBe(page)
  })

  it('shows a new level of a size, and nothing of a size that it does not have', () => {
    const page = afterRelease(unreleased, 2, button(7, 'high'))
    expect(afterStockChange(page, 7, 'out').levels).toEqual({ 7: 'out' })
    expect(afterStockChange(page, 9, 'out')).toBe(page)
  })
})

const report = (own: Partial<PagesReport>): PagesReport => ({
  ...{ groups: [], present: [], releaseMs: [], changes: [], awayMs: [], ...own },
})

describe('the figures of a release day', () => {
  const kiloByte = 1_024
  const measured = {
    size: 10,
    openMs: 100.4,
    purchaseMs: [5, 1, 3],
    reports: [
      report({ releaseMs: [4], changes: [{ itemId: 1, level: 'out', atMs: [1_000, 1_030] }] }),
      report({
        releaseMs: [2],
        changes: [
          { itemId: 1, level: 'out', atMs: [1_010] },
          { itemId: 2, level: 'out', atMs: [50] },
        ],
      }),
    ],
    memoryBefore: { heapBytes: 100 * kiloByte, residentBytes: 0 },
    memoryAfter: { heapBytes: 300 * kiloByte, residentBytes: 500 * kiloByte },
  }

  it('count how far each page was behind the first one of any thread', () => {
    expect(figuresOf(measured).levels).toEqual({ count: 4, p50: 0, p95: 30, p99: 30, max: 30 })
  })

  it('spread over all threads, with the memory for each shopper', () => {
    const { release, purchases, openMs, heapKiloBytes, residentKiloBytes } = figuresOf(measured)
    expect([release.p50, release.max, purchases.p50, openMs]).toEqual([2, 4, 3, 100])
    expect([heapKiloBytes, residentKiloBytes]).toEqual([20, 50])
  })

  it('do not know the resident memory of a node that is elsewhere', () => {
    const memoryAfter = { heapBytes: 0, residentBytes: undefined }
    expect(figuresOf({ ...measured, memoryAfter }).residentKiloBytes).toBeUndefined()
  })

  it('are no numbers where there is none', () =>
    expect(spreadOf([])).toEqual({ count: 0, p50: Number.NaN, p95: Number.NaN, p99: Number.NaN, max: Number.NaN }))
})
