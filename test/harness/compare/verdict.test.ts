import { describe, expect, it } from 'vitest'
import { drawBlocks } from '../../../harness/compare/blocks.ts'
import { isSteady } from '../../../harness/compare/steady.ts'
import { detectableEffect, judgePairs, type Pair } from '../../../harness/compare/verdict.ts'
import { type Random, seededRandom, seedOf } from '../../../harness/platform/random.ts'

/** A normal draw (Box and Muller). */
const normal = (random: Random) => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())

const margin = 0.05
const blocks = 8

interface Noise {
  /** Relative spread of runs that differ in nothing. */
  perRun: number
  /** Of the machine between blocks, shared by the runs of one. */
  perBlock: number
  /** A run that somebody else disturbed takes this much longer, once in ten. */
  outlier?: number
}

/** Blocks of two runs, with the true factor between them, and the machine getting slower meanwhile. */
function synthetic(seed: number, factor: number, { perRun, perBlock, outlier = 1 }: Noise): Pair[] {
  const random = seededRandom(seedOf(seed, 'synthetic'))
  return Array.from({ length: blocks }, (_, block) => {
    const level = 20 * (1 + 0.03 * block) * Math.exp(perBlock * normal(random))
    const run = () => level * Math.exp(perRun * normal(random)) * (random.next() < 0.1 ? outlier : 1)
    return { first: run(), second: factor * run() }
  })
}

function shareOf(verdicts: readonly string[], factor: number, noise: Noise, times = 200): number {
  const found = Array.from({ length: times }, (_, seed) => {
    const { verdict } = judgePairs(synthetic(seed + 1, factor, noise), margin, seededRandom(seed))
    return verdicts.includes(verdict)
  })
  return found.filter(Boolean).length / times
}

/** As runs of a quiet machine with two processors spread. */
const realistic: Noise = { perRun: 0.05, perBlock: 0.15 }

describe('the verdict of pairs', () => {
  it('finds a difference in at most a tenth of 200 comparisons of a system with itself', { timeout: 60_000 }, () => {
    expect(shareOf(['faster', 'slower'], 1, realistic)).toBeLessThanOrEqual(0.1)
    expect(shareOf(['faster', 'slower'], 1, { perRun: 0.2, perBlock: 0.15 })).toBeLessThanOrEqual(0.1)
    expect(shareOf(['faster', 'slower'], 1, { ...realistic, outlier: 1.5 })).toBeLessThanOrEqual(0.1)
  })

  it('finds a slowdown of 15 % in nine of ten comparisons', { timeout: 60_000 }, () => {
    expect(shareOf(['slower'], 1.15, realistic)).toBeGreaterThanOrEqual(0.9)
    expect(shareOf(['faster', 'equivalent'], 1.15, realistic)).toBe(0)
  })

  it('finds a speedup as often', { timeout: 60_000 }, () => {
    expect(shareOf(['faster'], 1 / 1.15, realistic)).toBeGreaterThanOrEqual(0.9)
  })

  it('calls two equal arms equivalent when the machine is quiet enough, and else inconclusive', {
    timeout: 60_000,
  }, () => {
    expect(shareOf(['equivalent'], 1, { perRun: 0.02, perBlock: 0.1 })).toBeGreaterThanOrEqual(0.9)
    expect(shareOf(['equivalent'], 1, { perRun: 0.3, perBlock: 0.1 })).toBe(0)
  })

  it('calls two arms that differ by the margin equivalent almost never', { timeout: 60_000 }, () => {
    expect(shareOf(['equivalent'], 1 + margin, { perRun: 0.02, perBlock: 0.1 })).toBeLessThanOrEqual(0.1)
    expect(shareOf(['faster'], 1 + margin, realistic)).toBe(0)
  })

  it('is the same for the same seed', () => {
    const pairs = synthetic(7, 1.1, realistic)
    expect(judgePairs(pairs, margin, seededRandom(3))).toEqual(judgePairs(pairs, margin, seededRandom(3)))
  })

  it('is inconclusive when a run lost so much that its percentile is infinite', () => {
    const pairs = [...synthetic(1, 2, realistic), { first: 20, second: Number.POSITIVE_INFINITY }]
    expect(judgePairs(pairs, margin, seededRandom(1)).verdict).toBe('inconclusive')
  })

  it('is inconclusive with fewer than three blocks, however large the difference', () => {
    expect(judgePairs(synthetic(1, 5, realistic).slice(0, 2), margin, seededRandom(1)).verdict).toBe('inconclusive')
    expect(judgePairs(synthetic(1, 5, realistic).slice(0, 3), margin, seededRandom(1)).verdict).toBe('slower')
  })

  it('gives the ratio as a factor: the second arm takes twice as long', () => {
    const { ratio, logRatio } = judgePairs(
      [4, 8, 6].map((first) => ({ first, second: 2 * first })),
      margin,
      seededRandom(1),
    )
    expect(ratio.mean).toBeCloseTo(2)
    expect(logRatio.low).toBeCloseTo(Math.log(2))
  })
})

describe('the effect that can be detected', () => {
  const control = (spread: number, count: number) =>
    Array.from({ length: count }, (_, n) => (n % 2 === 0 ? spread : -spread))

  it('is the margin when runs do not spread at all, and grows with their spread', () => {
    expect(detectableEffect(control(0, 8), margin)).toBeCloseTo(margin)
    expect(detectableEffect(control(0.1, 8), margin)).toBeGreaterThan(detectableEffect(control(0.05, 8), margin))
  })

  it('shrinks with more blocks, and is infinite with one', () => {
    expect(detectableEffect(control(0.1, 32), margin)).toBeLessThan(detectableEffect(control(0.1, 8), margin))
    expect(detectableEffect([0.1], margin)).toBe(Number.POSITIVE_INFINITY)
  })

  it('is found four times out of five', { timeout: 60_000 }, () => {
    const logs = synthetic(11, 1, realistic).map(({ first, second }) => Math.log(second / first))
    const spread = Math.SQRT2 * realistic.perRun
    const scaled = logs.map((_, n) => (n % 2 === 0 ? 1 : -1) * spread * Math.sqrt((blocks - 1) / blocks))
    const found = shareOf(['slower'], 1 + detectableEffect(scaled, margin), realistic)
    expect(found).toBeGreaterThan(0.7)
    expect(found).toBeLessThan(0.97)
  })
})

describe('blocks', () => {
  it('hold every run once, in an order that the seed decides', () => {
    const drawn = drawBlocks(['a', 'b', 'control'], 50, seededRandom(5))
    expect(drawn.every((block) => [...block].sort().join() === 'a,b,control')).toBe(true)
    expect(drawBlocks(['a', 'b', 'control'], 50, seededRandom(5))).toEqual(drawn)
    expect(drawBlocks(['a', 'b', 'control'], 50, seededRandom(6))).not.toEqual(drawn)
  })

  it('begin with each run about as often', () => {
    const firsts = drawBlocks(['a', 'b', 'control'], 600, seededRandom(9)).map(([first]) => first)
    for (const run of ['a', 'b', 'control']) expect(firsts.filter((first) => first === run).length).toBeGreaterThan(150)
  })
})

describe('the end of the warm-up', () => {
  it('is not reached while the medians fall, and is when they stay', () => {
    expect(isSteady([40, 30, 24, 20, 17, 15])).toBe(false)
    expect(isSteady([40, 30, 24, 20, 20.5, 19.8, 20.2, 20, 19.9])).toBe(true)
  })

  it('is not reached by a backlog that grows', () => {
    expect(isSteady([10, 60, 110, 160, 210, 260, 310])).toBe(false)
  })

  it('needs two windows, and takes differences below the resolution for none', () => {
    expect(isSteady([1, 1, 1, 1, 1])).toBe(false)
    expect(isSteady([1, 1.2, 1, 1.3, 1.4, 1.5])).toBe(true)
  })

  it('is not reached with no message at all', () => {
    expect(isSteady(Array.from({ length: 9 }, () => Number.NaN))).toBe(false)
  })
})
