import type { Histogram } from 'hdr-histogram-js'
import type { Gate } from '../load/honesty.ts'
import { createLatencies, encodedLatencies, quantileMs } from '../load/latencies.ts'
import { seededRandom, seedOf } from '../platform/random.ts'
import { meanInterval, meanOf } from '../stats/mean-interval.ts'
import type { Measurements } from './compare.ts'
import { type Comparison, type Role, roles } from './comparison.ts'
import { describeVerdict } from './describe.ts'
import type {
  ComparisonDocument,
  CurvePoint,
  Environment,
  GeneratorStatement,
  PercentilePoint,
  Verdict,
} from './document.ts'
import { blocksNeeded, type Plan } from './plan.ts'
import { believedMs, isVoid, type Run } from './run-once.ts'
import { detectableEffect, type Judgement, judgePairs } from './verdict.ts'

export interface Facts {
  comparison: Comparison
  plan: Plan
  measured: Measurements
  environment: Environment
  command: string
  tookMs: number
}

type Block = [first: Run, second: Run, control: Run]

/** Works out what the measurements say. Pure: the seed decides the draws of the bootstrap. */
export function conclude({ comparison, plan, measured, environment, command, tookMs }: Facts): ComparisonDocument {
  const { runs, capacity } = measured
  const metricOf = (run: Run) => quantileMs(run.primary.latencies, run.primary.lost, plan.metric)
  const draws = (purpose: string) => seededRandom(seedOf(plan.seed, `bootstrap of ${purpose}`))
  const blocks = Array.from({ length: plan.blocks }, (_, block) => blockOf(runs, block))
  const sound = blocks.filter((block) => block.every((run) => run && !isVoid(run))) as Block[]
  const { judgement, control } = judgeBlocks(sound, plan, metricOf, draws)
  const { verdict, reason } = verdictOf({ plan, judgement, control, soundCount: sound.length, measured })
  const names = { first: comparison.first.name, second: comparison.second.name }
  const metric = metricUsed(plan, runs[0]?.primary.ratePerS ?? null)
  const why = reason === undefined ? {} : { reason }
  return {
    schema: 'squall-comparison-1',
    comparison: comparison.id,
    title: comparison.title,
    arms: names,
    verdict,
    sentence: describeVerdict({ verdict, names, metric: metric.name, judgement, margin: plan.margin, ...why }),
    ...why,
    metric,
    margin: plan.margin,
    interval: verdict === 'unknown' ? null : ratiosOf(judgement),
    ...controlPart(control, sound.length, plan),
    blocks: plan.blocks,
    pairs: blocks.map((block, index) => pairOf(block, index, measured.orders[index]!, metricOf)),
    capacity: capacity ?? null,
    curves: { first: curveOf(runs, 'first', draws('the curve')), second: curveOf(runs, 'second', draws('the curve')) },
    percentiles: ofBothArms(sound, percentilesOf),
    overload: measured.overload ?? null,
    hazards: measured.hazards,
    gates: gatesOf(runs, sound.length, plan),
    generator: generatorOf(runs, measured.repeated, sound.length, plan),
    environment,
    seed: plan.seed,
    command,
    notTested: comparison.notTested,
    others: [],
    tookMs,
    histograms: ofBothArms(sound, (arm) => encodedLatencies(merged(arm.map(({ primary }) => primary.latencies)))),
  }
}

/** The control first, because its spread decides how wide the interval of the arms is. */
function judgeBlocks(
  sound: readonly Block[],
  plan: Plan,
  metricOf: (run: Run) => number,
  draws: (purpose: string) => ReturnType<typeof seededRandom>,
): { judgement: Judgement; control: Judgement } {
  const pairsWith = (role: 1 | 2) =>
    sound.map((block) => ({ first: metricOf(block[0]), second: metricOf(block[role]) }))
  const control = judgePairs(pairsWith(2), plan.margin, draws('the control'))
  return { control, judgement: judgePairs(pairsWith(1), plan.margin, draws('the arms'), control.pairs) }
}

function metricUsed(plan: Plan, ratePerS: number | null): ComparisonDocument['metric'] {
  const load = plan.ratePerS
    ? `${plan.ratePerS} messages/s`
    : `${Math.round(100 * plan.load)} % of the slower arm's capacity`
  const name = `p${Math.round(100 * plan.metric)} of the latency at ${load}`
  return { name, percentile: plan.metric, load: plan.load, ratePerS }
}

/** Fewer pairs say nothing of their spread. */
const controlPairsLeast = 3

const controlPart = (
  control: Judgement,
  soundCount: number,
  plan: Plan,
): Pick<ComparisonDocument, 'control' | 'detectableEffect'> =>
  soundCount < controlPairsLeast
    ? { detectableEffect: null, control: { verdict: 'unknown', interval: null } }
    : {
        detectableEffect: detectableEffect(control.pairs, plan.margin),
        control: { verdict: control.verdict, interval: ratiosOf(control) },
      }

const ofBothArms = <T>(sound: readonly Block[], of: (arm: readonly Run[]) => T): { first: T; second: T } => ({
  first: of(sound.map(([first]) => first)),
  second: of(sound.map(([, second]) => second)),
})

const blockOf = (runs: readonly Run[], block: number) =>
  roles.map((role) => runs.find((run) => run.block === block && run.role === role))

const ratiosOf = ({ logRatio, ratio }: Judgement) => ({ logRatio, ratio })

interface Evidence {
  plan: Plan
  judgement: Judgement
  control: Judgement
  soundCount: number
  measured: Measurements
}

/** A measurement that cannot be believed has no verdict, whatever its numbers are. */
function verdictOf({ plan, judgement, control, soundCount, measured }: Evidence): {
  verdict: Verdict
  reason?: string
} {
  const { capacity } = measured
  if (capacity && Math.min(capacity.first.ratePerS, capacity.second.ratePerS) === 0)
    return { verdict: 'unknown', reason: 'one arm sustained no rate at all' }
  if (soundCount < blocksNeeded(plan))
    return {
      verdict: 'unknown',
      reason: `only ${soundCount} of ${plan.blocks} blocks count, and ${blocksNeeded(plan)} are needed: ${worstGate(measured.runs)}`,
    }
  if (control.verdict === 'faster' || control.verdict === 'slower')
    return {
      verdict: 'unknown',
      reason: `the control, the first arm against itself, came out ${control.verdict}: the machine was not the same for all runs`,
    }
  return { verdict: judgement.verdict }
}

function worstGate(runs: readonly Run[]): string {
  const failed = runs.flatMap(({ gates }) => gates.filter(({ passed }) => !passed))
  if (failed[0]) return failed[0].said
  return runs.some(({ isSteady }) => !isSteady) ? 'the system did not become steady' : 'there was no time for more'
}

function pairOf(block: (Run | undefined)[], index: number, runOrder: Role[], metricOf: (run: Run) => number) {
  const [first, second, control] = block.map((run) => (run && !isVoid(run) ? numberOrNull(metricOf(run)) : null))
  return { block: index + 1, order: runOrder, firstMs: first!, secondMs: second!, controlMs: control! }
}

const numberOrNull = (value: number) => (Number.isFinite(value) ? value : null)

/** The interval of fewer runs would be as wide as the picture. */
const runsPerPoint = 3

function curveOf(runs: readonly Run[], role: Role, draws: ReturnType<typeof seededRandom>): CurvePoint[] {
  const stages = runs.filter((run) => run.role === role).flatMap((run) => run.sweep)
  const shares = [...new Set(stages.map(({ share }) => share))].sort((a, b) => a - b)
  const over = (share: number, percentile: number) => {
    const values = stages
      .filter((one) => one.share === share)
      .map(({ stage }) => believedMs(stage, percentile))
      .filter(Number.isFinite)
    if (values.length < runsPerPoint) return null
    const { low, high } = meanInterval(values.map(Math.log), draws)
    return { low: Math.exp(low), high: Math.exp(high), mean: Math.exp(meanOf(values.map(Math.log))) }
  }
  return shares.map((share) => ({
    share,
    ratePerS: stages.find((one) => one.share === share)!.stage.ratePerS,
    p50: over(share, 0.5),
    p99: over(share, 0.99),
  }))
}

function merged(all: readonly Histogram[]): Histogram {
  const sum = createLatencies()
  for (const one of all) sum.add(one)
  return sum
}

/** A percentile is given only with at least this many measurements beyond it. */
const beyondLeast = 30
const shownShares = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9999]

function percentilesOf(runs: readonly Run[]): PercentilePoint[] {
  const all = merged(runs.map(({ primary }) => primary.latencies))
  const lost = runs.reduce((sum, { primary }) => sum + primary.lost, 0)
  const count = all.totalCount + lost
  return shownShares
    .filter((share) => (1 - share) * count >= beyondLeast)
    .map((share) => ({ share, ms: quantileMs(all, lost, share) }))
    .filter(({ ms }) => Number.isFinite(ms))
}

function gatesOf(runs: readonly Run[], soundCount: number, plan: Plan): ComparisonDocument['gates'] {
  const names = runs[0]?.gates.map(({ name }) => name) ?? []
  const ofRuns = names.map((name) => {
    const all = runs.map((run) => run.gates.find((gate) => gate.name === name)!)
    const failed = all.filter(({ passed }) => !passed)
    const shown: Gate = failed[0] ?? all.at(-1)!
    return { ...shown, runs: `${all.length - failed.length} of ${all.length} runs` }
  })
  const steady = runs.filter(({ isSteady }) => isSteady).length
  const longest = Math.max(0, ...runs.map(({ warmUpMs }) => warmUpMs)) / 1_000
  const said = `warm-up until the medians of two windows agree; the longest took ${longest.toFixed(1)} s`
  const needed = blocksNeeded(plan)
  const blocks = `${soundCount} of ${plan.blocks} blocks count, at least ${needed}`
  return [
    ...ofRuns,
    { name: 'steady', passed: steady === runs.length, said, runs: `${steady} of ${runs.length} runs` },
    {
      name: 'blocks',
      passed: soundCount >= needed,
      said: blocks,
      runs: `${runs.length} of ${roles.length * plan.blocks} runs`,
    },
  ]
}

function generatorOf(runs: readonly Run[], repeatedRuns: number, soundCount: number, plan: Plan): GeneratorStatement {
  const lag = merged(runs.map(({ primary }) => primary.lag))
  const at = (share: number) => numberOrNull(quantileMs(lag, 0, share))
  const isBelievable = soundCount >= blocksNeeded(plan)
  const why = isBelievable
    ? 'it sent on a schedule fixed beforehand, measured from the intended time, and kept the schedule in every run that counts'
    : 'it did not keep its schedule, or the system did not become steady, in too many runs'
  return {
    isBelievable,
    openLoop: true,
    why,
    messages: runs.reduce((sum, { primary }) => sum + primary.offered, 0),
    runs: runs.length,
    repeatedRuns,
    busyMost: runs.length > 0 ? Math.max(...runs.map(({ primary }) => primary.busy)) : null,
    lagMs: { p50: at(0.5), p99: at(0.99) },
  }
}

/** Adds comparisons of other kinds of work, for which the verdict of the first is not adjusted: they describe. Pure. */
export const withOthers = (
  document: ComparisonDocument,
  others: readonly { work: string; document: ComparisonDocument }[],
): ComparisonDocument => ({
  ...document,
  others: others.map(({ work, document: { verdict, sentence, interval, control, capacity } }) => ({
    ...{ work, verdict, sentence, interval, control, capacity },
  })),
})
