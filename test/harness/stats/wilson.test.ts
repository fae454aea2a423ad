import { describe, expect, it } from 'vitest'
import { percentile } from '../../../harness/stats/percentile.ts'
import { wilson } from '../../../harness/stats/wilson.ts'

describe('the interval of a share', () => {
  it.each([
    [0, 0, 0, 1],
    [0, 10, 0, 0.2775],
    [3, 10, 0.1078, 0.6032],
    [10, 10, 0.7225, 1],
    [50, 100, 0.4038, 0.5962],
  ])('%d of %d is from %d to %d', (times, of, low, high) => {
    const found = wilson(times, of)
    expect(found.low).toBeCloseTo(low, 3)
    expect(found.high).toBeCloseTo(high, 3)
  })
})

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)

  it('is a value that was measured', () => {
    expect([0.5, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([50, 99, 100])
    expect(percentile([7], 0.5)).toBe(7)
    expect(percentile([], 0.5)).toBeNaN()
  })
})
