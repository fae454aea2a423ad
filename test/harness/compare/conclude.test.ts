import { describe, expect, it } from 'vitest'
import { type Measurements, timeKeeper } from '../../../harness/compare/compare.ts'
import { type Comparison, type Role, roles } from '../../../harness/compare/comparison.ts'
import { comparisonOf, defaultWork } from '../../../harness/compare/comparisons.ts'
import { conclude, withOthers } from '../../../harness/compare/conclude.ts'
import { describeComparison } from '../../../harness/compare/describe.ts'
import { comparisonPage } from '../../../harness/compare/page.ts'
import { type Plan, quickPlan } from '../../../harness/compare/plan.ts'
import type { Run } from '../../../harness/compare/run-once.ts'
import { judgeGenerator } from '../../../harness/load/honesty.ts'
import { type Random, seededRandom, seedOf } from '../../../harness/platform/random.ts'
import { stageOf } from '../../support/stages.ts'

const comparison: Comparison = comparisonOf(['sync-async'], defaultWork)
const plan: Plan = { ...quickPlan, seed: 7, margin: 0.05 }
const environment = {
  processors: 2,
  model: 'a machine',
  kernel: '6',
  node: 'v24',
  load: [1, 2] as [number, number],
  pressure: 0.1,
}

interface Made {
  /** Latency of the second arm, as a factor of the first. */
  factor?: number
  control?: number
  noise?: number
  seed?: number
  /** Changes runs after they were made. */
  change?(run: Run): Run
}

const normal = (random: Random) => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())

/** A comparison as it would have been measured. */
function measurements({
  factor = 1,
  control = 1,
  noise = 0.01,
  seed = 1,
  change = (run) => run,
}: Made = {}): Measurements {
  const random = seededRandom(seedOf(seed, 'made'))
  const factors: Record<Role, number> = { first: 1, second: factor, control }
  const runs = Array.from({ length: plan.blocks }, (_, block) =>
    roles.map((role) => {
      const latencyMs = 20 * (1 + 0.02 * block) * factors[role] * Math.exp(noise * normal(random))
      const primary = stageOf({ latencyMs })
      const sweep =
        role === 'control'
          ? []
          : plan.sweep.map((share) => ({
              share,
              stage: stageOf({ latencyMs: latencyMs * (1 + share), ratePerS: 1_000 * share }),
            }))
      const gates = judgeGenerator(primary, plan.metric)
      return change({
        block,
        role,
        warmUpMs: 3_000,
        warmUpMedians: [20, 20, 20, 20, 20, 20],
        isSteady: true,
        primary,
        sweep,
        gates,
      })
    }),
  ).flat()
  const overload = { ratePerS: 1_300, backlogSlopePerS: 300, lost: 0, recoveryMs: 900 }
  return {
    capacity: { first: { ratePerS: 1_000, limitedBy: 'system' }, second: { ratePerS: 4_000, limitedBy: 'generator' } },
    runs,
    orders: Array.from({ length: plan.blocks }, () => [...roles]),
    repeated: 1,
    overload: { first: overload, second: { ...overload, recoveryMs: null } },
    hazards: [
      {
        name: 'double replies',
        how: 'all <stages>',
        first: { value: 0, unit: 'replies', said: '0 of 9' },
        second: null,
      },
    ],
  }
}

const concludedFrom = (measured: Measurements, seed = plan.seed) =>
  conclude({
    comparison,
    plan: { ...plan, seed },
    measured,
    environment,
    command: 'squall compare sync-async',
    tookMs: 5,
  })
const concluded = (made?: Made) => concludedFrom(measurements(made), made?.seed)

const withGates = (run: Run, more: Parameters<typeof stageOf>[0]): Run => {
  const primary = stageOf(more)
  return { ...run, primary, gates: judgeGenerator(primary, plan.metric) }
}

describe('the conclusion of a comparison', () => {
  it('is that the second arm is faster, with the interval and why it may be believed', () => {
    const document = concluded({ factor: 0.5 })
    expect(document).toMatchObject({
      verdict: 'faster',
      margin: 0.05,
      control: { verdict: 'equivalent' },
      generator: { isBelievable: true },
    })
    expect(document.interval!.ratio.mean).toBeCloseTo(0.5, 1)
    expect(document.interval!.logRatio.mean).toBeCloseTo(Math.log(0.5), 1)
    expect(document.sentence).toMatch(
      /^async is faster than sync: the p50 .* is 0\.50 times that of sync \(95 % interval 0\.\d\d to 0\.\d\d\)\.$/,
    )
  })

  it('is unknown, without a number, when the generator was overloaded', () => {
    const document = concluded({ factor: 0.5, change: (run) => withGates(run, { busy: 0.93 }) })
    expect(document).toMatchObject({ verdict: 'unknown', interval: null, generator: { isBelievable: false } })
    expect(document.sentence).toContain('event loop 93.0 % busy, at most 70.0 %')
    expect(document.gates.find(({ name }) => name === 'event-loop')).toMatchObject({
      passed: false,
      runs: '0 of 15 runs',
    })
  })

  it('leaves a block with one late run out, and has a verdict as long as enough are left', () => {
    const late = (blocks: number) => (run: Run) =>
      run.block < blocks && run.role === 'second' ? withGates(run, { sentInTime: 900 }) : run
    const two = concluded({ factor: 0.5, change: late(2) })
    expect(two).toMatchObject({ verdict: 'faster' })
    expect(two.pairs.map(({ secondMs }) => secondMs === null)).toEqual([true, true, false, false, false])
    expect(concluded({ factor: 0.5, change: late(3) })).toMatchObject({ verdict: 'unknown', interval: null })
  })

  it('says when there was no time for enough blocks', () => {
    const measured = measurements({ factor: 0.5 })
    const two = concludedFrom({ ...measured, runs: measured.runs.filter(({ block }) => block < 2) })
    expect(two).toMatchObject({
      verdict: 'unknown',
      reason: 'only 2 of 5 blocks count, and 3 are needed: there was no time for more',
    })
    expect(two.gates.at(-1)).toMatchObject({ name: 'blocks', passed: false, runs: '6 of 15 runs' })
    expect(concludedFrom({ ...measured, runs: measured.runs.filter(({ block }) => block < 3) })).toMatchObject({
      verdict: 'faster',
    })
  })

  it('is unknown when runs never became steady', () => {
    expect(concluded({ change: (run) => ({ ...run, isSteady: false }) })).toMatchObject({
      verdict: 'unknown',
      reason: expect.stringContaining('did not become steady'),
    })
  })

  it('is unknown when the control differs from itself: the machine was not the same for all runs', () => {
    const document = concluded({ factor: 0.5, control: 1.4 })
    expect(document).toMatchObject({ verdict: 'unknown', control: { verdict: 'slower' }, interval: null })
    expect(document.reason).toContain('control')
  })

  it('is inconclusive when the control spreads as much as the difference, however well the pairs agree', () => {
    const spread = (run: Run) => {
      if (run.role !== 'control') return run
      return withGates(run, { latencyMs: run.block % 2 === 0 ? 80 : 6 })
    }
    const document = concluded({ factor: 0.7, noise: 0.001, change: spread })
    expect(document).toMatchObject({ verdict: 'inconclusive', control: { verdict: 'inconclusive' } })
    expect(document.interval!.ratio.low).toBeLessThan(0.5)
  })

  it('is unknown when an arm sustains no rate at all', () => {
    const measured = measurements({ factor: 0.5 })
    const capacity = { first: measured.capacity!.first, second: { ratePerS: 0, limitedBy: 'system' as const } }
    expect(concludedFrom({ ...measured, capacity })).toMatchObject({
      verdict: 'unknown',
      reason: 'one arm sustained no rate at all',
    })
  })

  it('is inconclusive when the median of one run is infinite, because its messages were lost', () => {
    const document = concluded({
      change: (run) => (run.role === 'second' && run.block === 2 ? withGates(run, { lost: 5_000 }) : run),
    })
    expect(document.verdict).toBe('inconclusive')
  })

  it('finds a slowdown of 15 % in nine of ten comparisons, and hardly one between two equal arms', () => {
    const verdicts = (factor: number) =>
      Array.from({ length: 40 }, (_, seed) => concluded({ factor, noise: 0.03, seed: seed + 1 }).verdict)
    expect(verdicts(1.15).filter((one) => one === 'slower').length).toBeGreaterThanOrEqual(36)
    expect(verdicts(1).filter((one) => one === 'slower' || one === 'faster').length).toBeLessThanOrEqual(4)
  })

  it('draws curves from what may be believed only', () => {
    const document = concluded({
      change: (run) => ({
        ...run,
        sweep: run.sweep.map((one) => (one.share > 0.9 ? { ...one, stage: stageOf({ busy: 0.9 }) } : one)),
      }),
    })
    expect(document.curves.first.map(({ p50 }) => p50 !== null)).toEqual([true, true, true, false])
  })

  it('is the same for the same seed, and can be written as JSON', () => {
    const text = JSON.stringify(concluded({ factor: 1.2, seed: 3 }))
    expect(JSON.stringify(concluded({ factor: 1.2, seed: 3 }))).toBe(text)
    expect(JSON.parse(text)).toHaveProperty('schema', 'squall-comparison-1')
  })
})

describe('the budget', () => {
  it('lets no block begin that would not be over in time, by the longest so far', () => {
    let nowMs = 0
    const said: string[] = []
    const budgeted = { ...plan, budgetMs: 200_000 }
    const isTimeFor = timeKeeper(
      { plan: budgeted, clock: { monotonicMs: () => nowMs }, say: (text) => void said.push(text) },
      0,
    )
    const begun = [0, 1, 2, 3, 4].map((block) => {
      const fits = isTimeFor(block)
      nowMs += 45_000
      return fits
    })
    // 60 s are kept for what comes after the blocks.
    expect(begun).toEqual([true, true, true, false, false])
    expect(said[0]).toBe('no time is left for block 4 of 5')
  })

  it('is none without --quick', () => {
    const { budgetMs: _none, ...unbounded } = plan
    const isTimeFor = timeKeeper({ plan: unbounded, clock: { monotonicMs: () => 1e12 }, say: () => {} }, 0)
    expect(isTimeFor(0) && isTimeFor(1)).toBe(true)
  })
})

describe('what people read', () => {
  it('begins with the verdict, on the page and in the terminal', () => {
    const document = concluded({ factor: 0.5 })
    expect(comparisonPage(document)).toContain(`<h1>${document.sentence.replaceAll("'", '&#39;')}</h1>`)
    expect(describeComparison(document).trim().split('\n')[0]).toBe(document.sentence)
  })

  it('is a page without scripts, with every picture and the hazards, markup escaped', () => {
    const page = comparisonPage(concluded({ factor: 0.5 }))
    for (const heading of [
      'How large the difference is',
      'Latency against load',
      'The whole distribution',
      'Block by block',
      'What it costs besides time',
      'Beyond capacity',
      'Why it may be believed',
      'Not tested',
    ])
      expect(page).toContain(`<h2>${heading}</h2>`)
    expect(page).toContain('all &lt;stages&gt;')
    expect(page).not.toContain('<script')
  })

  it('names other kinds of work behind the verdict', () => {
    const document = withOthers(concluded({ factor: 0.5 }), [{ work: 'cpu:1', document: concluded({ seed: 4 }) }])
    expect(document.others).toMatchObject([{ work: 'cpu:1', verdict: 'equivalent' }])
    expect(comparisonPage(document)).toContain('<h2>Other kinds of work</h2>')
    expect(describeComparison(document)).toMatch(/cpu:1 .* are equivalent within 5 %/)
    expect(comparisonPage(concluded())).not.toContain('Other kinds of work')
  })

  it('is drawn for an unknown verdict too, without pictures of numbers that nobody may believe', () => {
    const page = comparisonPage(concluded({ change: (run) => withGates(run, { busy: 0.93 }) }))
    expect(page).toContain('Unknown whether async is faster than sync')
    expect(page).not.toContain('<h2>Block by block</h2>')
    expect(page).not.toContain('<h2>How large the difference is</h2>')
  })
})
