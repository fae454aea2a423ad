import { percentile } from './percentile.ts'

export interface ChangePoint {
  /** The first value that belongs to the time after the change. */
  index: number
  before: number
  after: number
}

const sideLeast = 5
/** Of the normal distribution; high, because every position and every series is tried. */
const zLeast = 3.4
/** A shift below this factor is real perhaps, and of no use to anybody. */
const factorLeast = 1.5

/** Returns where a series shifted most, with the medians before and after it; undefined when chance explains it (Mann-Whitney). Pure. */
export function changePoint(values: readonly number[]): ChangePoint | undefined {
  const positions = Array.from(
    { length: Math.max(0, values.length - 2 * sideLeast + 1) },
    (_, index) => index + sideLeast,
  )
  const scored = positions.map((index) => ({
    index,
    z: Math.abs(rankScore(values.slice(0, index), values.slice(index))),
  }))
  const best = scored.reduce((a, b) => (b.z > a.z ? b : a), { index: 0, z: 0 })
  if (best.z < zLeast) return undefined
  const [before, after] = [values.slice(0, best.index), values.slice(best.index)].map((side) => percentile(side, 0.5))
  const factor = Math.max(before! / after!, after! / before!)
  return factor < factorLeast ? undefined : { index: best.index, before: before!, after: after! }
}

/** How far the pairs in which the second is greater are from half of all pairs, in standard deviations. */
function rankScore(first: readonly number[], second: readonly number[]): number {
  const pairs = first.length * second.length
  const greater = first
    .flatMap((a) => second.map((b): number => (b > a ? 1 : b === a ? 0.5 : 0)))
    .reduce((sum, one) => sum + one, 0)
  return (greater - pairs / 2) / Math.sqrt((pairs * (first.length + second.length + 1)) / 12)
}
