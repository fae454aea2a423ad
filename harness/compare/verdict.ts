import { type Draws, deviationOf, meanInterval, meanOf } from '../stats/mean-interval.ts'
import { studentT } from '../stats/student.ts'
import type { Interval } from '../stats/wilson.ts'

export type Speed = 'faster' | 'slower' | 'equivalent' | 'inconclusive'

/** What a comparison of two arms says, from one pair of runs in each block. */
export interface Judgement {
  verdict: Speed
  /** Mean and 95 % interval of log(second / first), over the blocks. */
  logRatio: Interval & { mean: number }
  /** The same as factors. */
  ratio: Interval & { mean: number }
  /** The log-ratio of each block, in their order. */
  pairs: number[]
}

export interface Pair {
  first: number
  second: number
}

const blocksLeast = 3

/**
 * Judges pairs of latencies, each from two runs of one block. `margin` is the smallest relative difference that matters, decided before
 * anything was measured. The second arm is slower or faster when the interval excludes that both are the same and the mean is beyond the
 * margin; equivalent when the whole interval lies within the margin (two one-sided tests); anything else is inconclusive, and so is a
 * value that is not finite because too many messages were lost. The interval is as wide as the spread of the control demands, whose runs
 * differ in nothing: few pairs can agree by chance on a machine that is not quiet. Pure but for the draws.
 */
export function judgePairs(
  pairs: readonly Pair[],
  margin: number,
  draws: Draws,
  controlLogs: readonly number[] = [],
): Judgement {
  const logs = pairs.map(({ first, second }) => Math.log(second / first))
  if (logs.length < blocksLeast || !logs.every(Number.isFinite)) return undecided(logs)
  const interval = meanInterval(logs, draws, controlLogs.length > 1 ? deviationOf(controlLogs) : 0)
  const logRatio = { ...interval, mean: meanOf(logs) }
  const { low, high, mean } = logRatio
  const ratio = { low: Math.exp(low), high: Math.exp(high), mean: Math.exp(mean) }
  return { verdict: verdictOf(logRatio, Math.log(1 + margin)), logRatio, ratio, pairs: logs }
}

function undecided(pairs: number[]): Judgement {
  const [low, high, mean] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN]
  return { verdict: 'inconclusive', logRatio: { low, high, mean }, ratio: { low: 0, high, mean }, pairs }
}

function verdictOf({ low, high, mean }: Judgement['logRatio'], margin: number): Speed {
  if (low > -margin && high < margin) return 'equivalent'
  if (low > 0 && mean > margin) return 'slower'
  return high < 0 && mean < -margin ? 'faster' : 'inconclusive'
}

/**
 * Returns the smallest relative difference that this number of blocks finds four times out of five, from the spread of pairs that do not
 * differ (the control). Pure.
 */
export function detectableEffect(controlLogs: readonly number[], margin: number): number {
  const blocks = controlLogs.length
  if (blocks < blocksLeast) return Number.POSITIVE_INFINITY
  const error = deviationOf(controlLogs) / Math.sqrt(blocks)
  const beyondZero = (studentT(0.975, blocks - 1) + studentT(0.8, blocks - 1)) * error
  const beyondMargin = Math.log(1 + margin) + studentT(0.8, blocks - 1) * error
  return Math.exp(Math.max(beyondZero, beyondMargin)) - 1
}
