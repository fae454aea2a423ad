import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../harness/platform/random.ts'
import { changePoint } from '../../../harness/stats/change-point.ts'

const random = seededRandom(3)
const around = (middle: number, count: number) =>
  Array.from({ length: count }, () => Math.round(middle * (0.8 + 0.4 * random.next())))

describe('where a series shifted', () => {
  it('is found with the medians on both sides', () => {
    const found = changePoint([...around(1_000, 20), ...around(2_000, 10)])!
    expect(found.index).toBe(20)
    expect(found.before).toBeGreaterThan(850)
    expect(found.before).toBeLessThan(1_150)
    expect(found.after).toBeGreaterThan(1_700)
  })

  it.each([
    ['has too few values', [1, 1, 1, 9, 9, 9]],
    ['has one outlier', [...around(1_000, 15), 9_000, ...around(1_000, 14)]],
    ['shifts by little', [...around(1_000, 15), ...around(1_250, 15)]],
    ['is always the same', Array.from({ length: 30 }, () => 7)],
  ])('is nowhere in one that %s', (_what, values) => {
    expect(changePoint(values)).toBeUndefined()
  })

  it('is nowhere in 500 series of noise', () => {
    const noise = Array.from({ length: 500 }, () => Array.from({ length: 30 }, () => random.integer(300, 4_000)))
    expect(noise.filter((one) => changePoint(one) !== undefined).length).toBeLessThanOrEqual(5)
  })
})
