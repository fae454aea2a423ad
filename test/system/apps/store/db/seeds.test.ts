import { describe, expect, it } from 'vitest'
import { seedItems, seedProducts } from '../../../../../system/apps/store/db/seeds.ts'
import { seededRandom } from '../../../../../system/platform/random.ts'

const itemsOf = (seed: number) => seedItems(seededRandom(seed))
const countsOf = (seed: number) => itemsOf(seed).map(({ availableCount }) => availableCount)
const manySeeds = Array.from({ length: 40 }, (_, seed) => seed + 1)

describe('the data of a fresh shop (ST-48)', () => {
  it('has products 1 and 2, each with at least six sizes, of which 6 and 10 are two', () => {
    expect(seedProducts.map(({ id }) => id)).toEqual([1, 2])
    for (const { sizes } of seedProducts) {
      expect(sizes.length).toBeGreaterThanOrEqual(6)
      expect(sizes).toEqual(expect.arrayContaining(['6', '10']))
    }
  })

  it('has one item for each size of each product, with a name of its own (ST-8)', () => {
    const items = itemsOf(7)
    const pairs = items.map(({ productId, size }) => `${productId}: ${size}`)
    expect(pairs).toEqual(seedProducts.flatMap(({ id, sizes }) => sizes.map((size) => `${id}: ${size}`)))
    expect(new Set(items.map(({ sku }) => sku)).size).toBe(items.length)
  })

  it('is the same for the same seed, and a little different for another', () => {
    expect(countsOf(7)).toEqual(countsOf(7))
    expect(new Set(manySeeds.map((seed) => String(countsOf(seed)))).size).toBe(manySeeds.length)
  })

  it('has some sizes that are sold out from the beginning, and most that are not', () => {
    const counts = manySeeds.flatMap(countsOf)
    const soldOutShare = counts.filter((count) => count === 0).length / counts.length
    expect(soldOutShare).toBeGreaterThan(0.02)
    expect(soldOutShare).toBeLessThan(0.2)
    expect(Math.min(...counts)).toBe(0)
  })
})
