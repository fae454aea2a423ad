import { duration } from '../reporters/format.ts'
import { changePoint } from '../stats/change-point.ts'
import { dayOf } from './format.ts'
import type { NightLine } from './night.ts'

const nightsCompared = 30

/** Returns a sentence when a scenario has recovered slower or faster since some night of the last thirty. Pure. */
export function describeRecoveryShift(own: readonly NightLine[]): string | undefined {
  const measured = own.filter(({ recoveryMs }) => recoveryMs !== null).slice(-nightsCompared)
  const found = changePoint(measured.map(({ recoveryMs }) => recoveryMs!))
  if (found === undefined) return undefined
  const { index, before, after } = found
  return `recovers ${after > before ? 'slower' : 'faster'} since ${dayOf(measured[index]!.night)}: ${duration(after)}, was ${duration(before)}`
}
