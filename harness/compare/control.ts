import { seedOf } from '../platform/random.ts'
import type { Comparison } from './comparison.ts'
import { comparisonOfArms } from './comparisons.ts'
import type { ComparisonDocument, Verdict } from './document.ts'
import { type Plan, quickPlan } from './plan.ts'

/** What a comparison of the series has to say: nothing of two arms that are the same, and `slower` of the planted one. */
export type ControlKind = 'same' | 'planted'

export interface ControlTask {
  kind: ControlKind
  /** Among those of its kind, from 1. */
  number: number
  comparison: Comparison
  plan: Plan
}

export interface ControlOptions {
  /** Of arms that are the same (A/A). */
  times: number
  /** Of a second arm whose handler takes 15 % longer. */
  planted: number
  seed: number
  blocks?: number
  /** Length of each measured stage. */
  seconds?: number
}

/** Whole ms, because a timer counts no others: 20 to 23 are 15 %. */
const [workMs, plantedMs] = [20, 23]
/**
 * A tenth of what 40 channels can do with 20 ms each, so that next to nothing waits for anything else: the median is the handler's time,
 * and 15 % of the one are 15 % of the other.
 */
const ratePerS = 200
const marginShare = 0.05

/**
 * The smallest budget at which the verdict means something: three blocks are needed for one, and with four one of them may be void. Two
 * seconds hold 400 messages, whose median varies by about 1 % from run to run on a quiet machine.
 */
export const controlBudget = { blocks: 4, seconds: 2 } as const

const arm = (name: string, ms: number) => ({
  ...({ name, nodes: 1, pubsub: 'mesh', env: {}, version: '2.0.0', event: 'sync' } as const),
  payloads: [{ kind: 'wait', ms }],
})

/** The comparisons of a series, each with a seed of its own; the kinds take turns as evenly as they can. Pure. */
export function controlTasks({ times, planted, seed, blocks, seconds }: ControlOptions): ControlTask[] {
  const task = (kind: ControlKind, number: number): ControlTask => {
    const second = kind === 'same' ? arm('the same', workMs) : arm('15 % slower', plantedMs)
    return {
      ...{ kind, number },
      comparison: comparisonOfArms(arm('base', workMs), second, { kind: 'wait', ms: workMs }),
      plan: {
        ...quickPlan,
        seed: seedOf(seed, `${kind} ${number}`) >>> 0,
        margin: marginShare,
        ratePerS,
        blocks: blocks ?? controlBudget.blocks,
        measureMs: 1_000 * (seconds ?? controlBudget.seconds),
        sweep: [],
        isBrief: true,
        budgetMs: Number.POSITIVE_INFINITY,
      },
    }
  }
  const all = (kind: ControlKind, count: number) =>
    Array.from({ length: count }, (_, index) => ({ at: (index + 0.5) / count, task: task(kind, index + 1) }))
  return [...all('same', times), ...all('planted', planted)].sort((a, b) => a.at - b.at).map((one) => one.task)
}

export interface ControlRow {
  kind: ControlKind
  number: number
  seed: number
  verdict: Verdict
  sentence: string
  /** Of the second arm to the first; null when the verdict is unknown. */
  ratio: { low: number; high: number; mean: number } | null
  tookMs: number
}

/** What is kept of one comparison. Pure. */
export const controlRow = (
  { kind, number }: Pick<ControlTask, 'kind' | 'number'>,
  { seed, verdict, sentence, interval, tookMs }: ComparisonDocument,
): ControlRow => ({ kind, number, seed, verdict, sentence, ratio: interval?.ratio ?? null, tookMs })

/** What the series says of the instrument: `unknown` when too many of its comparisons had no verdict. */
export interface ControlResult {
  outcome: 'passed' | 'failed' | 'unknown'
  sentence: string
  /** Of arms that are the same, called faster or slower. */
  wrong: { count: number; of: number }
  /** Of planted slowdowns, called slower. */
  found: { count: number; of: number }
  /** Comparisons without a verdict. */
  unknownCount: number
  rows: readonly ControlRow[]
}

const wrongShareMost = 0.1
const foundShareLeast = 0.9

/**
 * Judges a series: at most one in ten of the same arms may be called different, and at least nine in ten of the planted slowdowns must be
 * found. A comparison without a verdict is neither right nor wrong; where such ones decide, nothing is known. Pure.
 */
export function judgeControl(rows: readonly ControlRow[]): ControlResult {
  const of = (kind: ControlKind) => rows.filter((row) => row.kind === kind)
  const [same, planted] = [of('same'), of('planted')]
  const known = (some: readonly ControlRow[]) => some.filter(({ verdict }) => verdict !== 'unknown')
  const wrong = same.filter(({ verdict }) => verdict === 'faster' || verdict === 'slower').length
  const found = planted.filter(({ verdict }) => verdict === 'slower').length
  const missed = known(planted).length - found
  const counted = {
    wrong: { count: wrong, of: same.length },
    found: { count: found, of: planted.length },
    unknownCount: rows.length - known(rows).length,
    rows,
  }
  const said = `${wrong} of ${same.length} comparisons of a system with itself said faster or slower, and ${found} of ${planted.length} slowdowns of 15 % were found`
  if (wrong > wrongShareMost * same.length)
    return { ...counted, outcome: 'failed', sentence: `The instrument sees differences that are not there: ${said}.` }
  if (missed > (1 - foundShareLeast) * planted.length + rounding)
    return { ...counted, outcome: 'failed', sentence: `The instrument does not find enough: ${said}.` }
  const tooFew = known(same).length < foundShareLeast * same.length || found < foundShareLeast * planted.length
  if (tooFew || rows.length === 0)
    return {
      ...counted,
      outcome: 'unknown',
      sentence: `Nothing is known of the instrument: ${counted.unknownCount} ${counted.unknownCount === 1 ? 'comparison' : 'comparisons'} had no verdict, as on a busy machine; ${said}.`,
    }
  return { ...counted, outcome: 'passed', sentence: `The instrument is right: ${said}.` }
}

/** 1 - 0.9 is a little less than a tenth. */
const rounding = 1e-9

const kinds: Record<ControlKind, string> = { same: 'A/A', planted: '15 % slower' }
const ratioText = ({ ratio }: ControlRow) =>
  ratio === null ? '–' : `${ratio.mean.toFixed(3)} (${ratio.low.toFixed(3)} to ${ratio.high.toFixed(3)})`

/** The table of a terminal. Pure. */
export function describeControl({ sentence, rows }: ControlResult): string {
  const cells = rows.map((row) => [
    `${kinds[row.kind]} ${row.number}`,
    String(row.seed),
    row.verdict,
    ratioText(row),
    `${Math.round(row.tookMs / 1_000)} s`,
  ])
  const table = [['comparison', 'seed', 'verdict', 'ratio (95 % interval)', 'took'], ...cells]
  const widths = table[0]!.map((_, column) => Math.max(...table.map((line) => line[column]!.length)))
  const lines = table.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
  return `${[...lines, '', sentence].join('\n')}\n`
}
