import { percentile } from '../stats/percentile.ts'

const windowSlots = 3
const changeMost = 0.15
/** Below that, a change is the resolution of the clock and no change of the system. */
const changeLeastMs = 0.5

/**
 * Whether a series of medians, one for each slot of the warm-up, has stopped to move: the last window and the one before it differ by
 * less than a share of their size. Too short a series is not steady. Pure.
 */
export function isSteady(mediansMs: readonly number[]): boolean {
  if (mediansMs.length < 2 * windowSlots) return false
  const last = percentile(mediansMs.slice(-windowSlots), 0.5)
  const before = percentile(mediansMs.slice(-2 * windowSlots, -windowSlots), 0.5)
  return Math.abs(last - before) <= Math.max(changeLeastMs, changeMost * before)
}
