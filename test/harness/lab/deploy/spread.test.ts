import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPolicy, type PolicyName } from '../../../../harness/cluster/balancer/policy.ts'
import {
  ageOut,
  blueGreenDeploy,
  connect,
  connectsPerSecond,
  inFigures,
  isNear,
  rollingDeploy,
  rollingWithSpare,
  samplingError,
  shed,
  shedSurplus,
  spreadOf,
  total,
} from '../../../../harness/lab/deploy/spread.ts'
import { seededRandom } from '../../../../harness/platform/random.ts'

const even = { a: 1_000, b: 1_000, c: 1_000 }
const scaledOut = { a: 1_000, b: 1_000, c: 0 }
const blind = { a: 500, b: 500 }
const policy = (name: PolicyName, seed = 1) => createPolicy(name, seededRandom(seed))
const seeds = fc.integer({ min: 1, max: 2 ** 31 })
/** Each step draws anew from what the step before has left. */
const toleranceOf = (steps: number) => steps * samplingError(2_000, 1 / 3)

describe('a third server beside two with 1000 connections each', () => {
  it('stays empty until connections close; least-connections gives it the new ones (DP-20)', () => {
    expect(inFigures(scaledOut)).toBe('1000/1000/0')
    expect(inFigures(connect(scaledOut, 300, policy('least-connections')))).toBe('1000/1000/300')
  })

  it('gets about 334 of 1000 that are shed, then 667 each; a third blind round overshoots (DP-21, DF-139)', () => {
    const choose = policy('round-robin')
    const first = shed(scaledOut, blind, choose)
    const second = shed(first, blind, choose)
    const third = shed(second, blind, choose)
    expect(isNear(first, [833, 833, 334], 1)).toBe(true)
    expect(isNear(second, [667, 667, 667], 2)).toBe(true)
    expect(isNear(third, [500, 500, 1_000], 3)).toBe(true)
  })

  it('the same within the sampling error when chance decides', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const choose = policy('random', seed)
        const first = shed(scaledOut, blind, choose)
        expect(isNear(first, [833, 833, 334], toleranceOf(1))).toBe(true)
        expect(isNear(shed(first, blind, choose), [667, 667, 667], toleranceOf(2))).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it('is even after rounds that shed the surplus only, and then nothing more is shed (DP-21)', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const boundMax = 100
        const { rounds, reconnects } = shedSurplus(scaledOut, boundMax, 20, policy('random', seed))
        expect(spreadOf(rounds.at(-1)!)).toBeLessThanOrEqual(boundMax)
        expect(rounds.every((one) => total(one) === 2_000)).toBe(true)
        expect(reconnects).toBeLessThan(2_500)
      }),
      { numRuns: 50 },
    )
  })

  it.each([3, 5, 10])('of %i servers, one gets its share of what is shed (DP-26)', (servers) => {
    const names = Array.from({ length: servers }, (_, n) => [`s${n}`, n === 0 ? 0 : 1_000] as const)
    const going = Object.fromEntries(names.map(([name, open]) => [name, Math.min(open, 100)]))
    const after = shed(Object.fromEntries(names), going, policy('random'))
    const share = after.s0! / total(going)
    expect(Math.abs(share - 1 / servers)).toBeLessThan(samplingError(total(going), 1 / servers) / total(going))
  })

  it('has its share when everybody has reached the maximum age (DP-24)', () => {
    const steps = ageOut(scaledOut, policy('round-robin'))
    expect(isNear(steps.at(-1)!, [667, 667, 667], 20)).toBe(true)
    expect(spreadOf(steps[0]!)).toBeGreaterThan(spreadOf(steps[5]!))
  })
})

describe('deploys of three servers with 1000 clients each', () => {
  it('rolling is skewed in the end, with a peak on the way (DP-31)', () => {
    const { steps, peak, reconnects } = rollingDeploy(even, policy('round-robin'))
    expect(steps.map(inFigures)).toEqual(['0/1500/1500', '750/0/2250', '1875/1125/0'])
    expect({ peak, reconnects }).toEqual({ peak: 2_250, reconnects: 4_750 })
  })

  it('rolling by chance is that within the sampling error', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { steps, reconnects } = rollingDeploy(even, policy('random', seed))
        expect(isNear(steps[2]!, [1_875, 1_125, 0], toleranceOf(3))).toBe(true)
        expect(Math.abs(reconnects - 4_750)).toBeLessThanOrEqual(toleranceOf(3))
      }),
      { numRuns: 50 },
    )
  })

  it('least-connections softens it (DP-32)', () => {
    const { steps, peak, reconnects } = rollingDeploy(even, policy('least-connections'))
    expect(inFigures(steps[2]!)).toBe('1500/1500/0')
    expect({ peak, reconnects }).toEqual({ peak: 1_500, reconnects: 4_000 })
  })

  it('rolling with a spare has a lower peak and fewer reconnects (DP-49)', () => {
    const { steps, peak, reconnects } = rollingWithSpare(even, policy('round-robin'))
    expect(isNear(steps[0]!, [333, 1_333, 1_333], 1)).toBe(true)
    expect(isNear(steps[1]!, [778, 444, 1_778], 2)).toBe(true)
    expect(isNear(steps[2]!, [1_370, 1_037, 593], 3)).toBe(true)
    expect(Math.abs(peak - 1_778)).toBeLessThanOrEqual(2)
    expect(Math.abs(reconnects - 4_111)).toBeLessThanOrEqual(3)
  })

  it('and is even throughout with least-connections', () => {
    const { steps, peak, reconnects } = rollingWithSpare(even, policy('least-connections'))
    expect(new Set(steps.map(inFigures))).toEqual(new Set(['1000/1000/1000']))
    expect({ peak, reconnects }).toEqual({ peak: 1_000, reconnects: 3_000 })
  })

  it.each(['round-robin', 'least-connections'] as const)(
    'blue-green ends even with %s, once for each client (DP-33)',
    (name) => {
      const { steps, peak, reconnects } = blueGreenDeploy(even, policy(name))
      expect(inFigures(steps[0]!)).toBe('1000/1000/1000')
      expect({ peak, reconnects }).toEqual({ peak: 1_000, reconnects: 3_000 })
    },
  )

  it('its price is how many connect in one second, unless the cut-over takes its time (DP-34)', () => {
    expect(connectsPerSecond(3_000, 0)).toBe(3_000)
    expect(connectsPerSecond(3_000, 60_000)).toBe(50)
  })
})
