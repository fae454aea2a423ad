import { duration, when } from '../reporters/format.ts'
import { percent } from '../stats/percent.ts'
import { count } from '../verdict/checker.ts'
import type { NightLine } from './night.ts'
import type { Standing, StandingName } from './standing.ts'

export const standingMarks: Record<StandingName, string> = {
  new: '✗',
  recurring: '✗',
  intermittent: '~',
  flaky: '~',
  unknown: '?',
  fixed: '✓',
  passed: '✓',
}

export const outcomeSigns: Record<NightLine['outcome'], string> = {
  passed: '✓',
  violated: '✗',
  unknown: '?',
  flaky: '~',
}

/** `2026-03-01`. */
export const dayOf = (night: string): string => when(night).slice(0, 10)

/** Returns how a scenario stands as a part of a sentence: `recurring since 2026-03-02`, `intermittent, failed 3 of 10 nights (11 % to 60 %)`. */
export function describeStanding({ name, since, failed, of, interval, unknownNights, isFailure }: Standing): string {
  const rate = `failed ${failed} of ${count(of, 'night')} (${percent(interval.low)} to ${percent(interval.high)})`
  switch (name) {
    case 'recurring':
      return `recurring since ${dayOf(since)}`
    case 'intermittent':
      return `intermittent, ${rate}`
    case 'flaky':
      return `flaky, passed and failed on the same code and seed; ${rate}`
    case 'fixed':
      return `fixed, failed last on ${dayOf(since)}`
    case 'unknown':
      return `unknown for ${count(unknownNights, 'night')}${isFailure ? ', which counts as a failure' : ''}`
    default:
      return name
  }
}

/** `1.2 s`, or a dash where nothing was measured. */
export const durationOr = (ms: number): string => (Number.isNaN(ms) ? '–' : duration(ms))
