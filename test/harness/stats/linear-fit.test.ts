import { describe, expect, it } from 'vitest'
import { linearFit } from '../../../harness/stats/linear-fit.ts'

describe('the straight line through points', () => {
  it('is the line that they are on', () => {
    const points = [1, 2, 3, 10].map((x) => [x, 7 - 2 * x] as const)
    expect(linearFit(points)).toEqual({ slope: -2, intercept: 7, correlation: expect.closeTo(-1, 10) })
  })

  it('has the least squares through points that are on none', () => {
    const { slope, intercept, correlation } = linearFit([
      [0, 0],
      [1, 2],
      [2, 1],
    ])
    expect([slope, intercept]).toEqual([0.5, 0.5])
    expect(correlation).toBeCloseTo(0.5)
  })

  it('is none where there are too few points, or all at one place', () => {
    expect(linearFit([]).slope).toBeNaN()
    expect(linearFit([[1, 1]]).slope).toBeNaN()
    expect(
      linearFit([
        [1, 5],
        [2, 5],
      ]).correlation,
    ).toBeNaN()
  })
})
