import { studentT } from './student.ts'
import type { Interval } from './wilson.ts'

/** The part of a source of chance that is needed here. */
export interface Draws {
  /** In [0, 1). */
  next(): number
}

const resamples = 4_000

export const meanOf = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length

/** The standard deviation of a sample; NaN for fewer than two values. */
export function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values)
  return Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1))
}

/** Returns the 95 % percentile-bootstrap interval of the mean. Pure but for the draws. */
export function bootstrapInterval(values: readonly number[], draws: Draws): Interval {
  const means = Float64Array.from({ length: resamples }, () => resampledMean(values, draws)).sort()
  const at = (share: number) => means[Math.ceil(share * resamples) - 1]!
  return { low: at(0.025), high: at(0.975) }
}

function resampledMean(values: readonly number[], draws: Draws): number {
  let sum = 0
  for (let n = 0; n < values.length; n += 1) sum += values[Math.floor(draws.next() * values.length)]!
  return sum / values.length
}

/** Returns the 95 % interval of the mean from Student's t, as if the values spread at least as much as `deviationLeast`. */
export function studentInterval(values: readonly number[], deviationLeast = 0): Interval {
  const deviation = Math.max(deviationOf(values), deviationLeast)
  const half = (studentT(0.975, values.length - 1) * deviation) / Math.sqrt(values.length)
  const mean = meanOf(values)
  return { low: mean - half, high: mean + half }
}

/**
 * Returns a 95 % interval of the mean of independent values: the bootstrap's, widened to Student's, because the bootstrap is too narrow
 * for few values, and to a spread that is known from elsewhere. Needs at least two values.
 */
export function meanInterval(values: readonly number[], draws: Draws, deviationLeast = 0): Interval {
  const [boot, student] = [bootstrapInterval(values, draws), studentInterval(values, deviationLeast)]
  return { low: Math.min(boot.low, student.low), high: Math.max(boot.high, student.high) }
}
