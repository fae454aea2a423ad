export interface Interval {
  low: number
  high: number
}

/** 95 % of a normal distribution. */
const z = 1.959964

/** Returns the 95 % Wilson score interval of a share: useful for few trials, and for none or all of them. Without a trial: from 0 to 1. Pure. */
export function wilson(times: number, of: number): Interval {
  if (of === 0) return { low: 0, high: 1 }
  const share = times / of
  const scale = 1 + z ** 2 / of
  const middle = (share + z ** 2 / (2 * of)) / scale
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2))
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}
