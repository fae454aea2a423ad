/** Returns the least value that at least this share of the values does not exceed (nearest rank); NaN without values. Pure. */
export const percentile = (values: readonly number[], share: number): number =>
  rankIn(
    [...values].sort((a, b) => a - b),
    share,
  )

/** The same of values that are in ascending order: for several shares of one list. */
export const rankIn = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN

/** NaN without values. Pure. */
export const median = (values: readonly number[]): number => percentile(values, 0.5)
