import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isNews, type Level, levelOf } from '../../../../../system/apps/store/catalog/product.ts'
import { completeProducts, thresholds } from '../../../../support/complete-products.ts'

const levels: Level[] = ['out', 'low', 'medium', 'high']

describe('levelOf (ST-27)', () => {
  it.each([
    [0, 'out'],
    [1, 'low'],
    [149, 'low'],
    [150, 'medium'],
    [499, 'medium'],
    [500, 'high'],
    [100_000, 'high'],
  ] as const)('maps %i to %s', (count, level) => {
    expect(levelOf(count, thresholds)).toBe(level)
  })

  it('never falls while the count rises', () => {
    const rank = (count: number) => levels.indexOf(levelOf(count, thresholds))
    fc.assert(fc.property(fc.nat(2_000), fc.nat(2_000), (a, b) => a > b || rank(a) <= rank(b)))
  })

  it('counts the fixture as low (ST-51)', () => {
    const counts = completeProducts().flatMap(({ items }) =>
      items.map((item) => levelOf(item.availableCount, thresholds)),
    )
    expect(counts).toEqual(['low', 'low', 'low'])
  })
})

describe('isNews (ST-29, ST-30, ST-32)', () => {
  const pairs = levels.flatMap((before) => levels.map((after) => [before, after] as const))
  it.each(pairs)('%s -> %s', (before, after) => {
    expect(isNews(before, after)).toBe(before !== after || after === 'out')
  })
})
