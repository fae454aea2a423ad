import { type Interval, wilson } from '../stats/wilson.ts'
import type { NightLine } from './night.ts'

/**
 * How a scenario stands after a night. `new`: fails as it never did before. `recurring`: fails as it did the night before. `fixed`: passes again.
 * `flaky`: passed and failed on the same code and seed. `intermittent`: fails k of n nights, and a night that passes does not end it.
 */
export const standingNames = ['new', 'recurring', 'intermittent', 'flaky', 'unknown', 'fixed', 'passed'] as const
export type StandingName = (typeof standingNames)[number]

export interface Standing {
  scenario: string
  name: StandingName
  /** Whether the night fails because of it. */
  isFailure: boolean
  /** The night since when it stands so; for `fixed` the last night that failed. */
  since: string
  /** Nights with a verdict, at most the last thirty. */
  failed: number
  of: number
  interval: Interval
  /** The nights at the end that were unknown, one after the other. */
  unknownNights: number
  /** What the last night said. */
  line: NightLine
}

const windowNights = 30
/** A scenario that nobody can judge any more is as bad as one that fails. */
const unknownNightsMost = 3
/** Passed, failed, passed, failed: a fix ends a failure once. */
const switchesOfIntermittent = 3
/** A row of passes that chance alone gives more often does not show a fix. */
const chanceMost = 0.05

/** A flaky night failed as well. */
const failedIn = ({ outcome }: NightLine) => outcome === 'violated' || outcome === 'flaky'
const passedIn = ({ outcome }: NightLine) => outcome === 'passed'
const isVerdict = (line: NightLine) => failedIn(line) || passedIn(line)

/** Returns how every scenario of the last night stands, the gravest first. `lines` are in the order of their nights. Pure. */
export function standingsOf(lines: readonly NightLine[]): Standing[] {
  const last = lines.at(-1)?.night
  return [...Map.groupBy(lines, ({ scenario }) => scenario).values()]
    .filter((own) => own.at(-1)!.night === last)
    .map(standingOf)
    .sort((a, b) => rank(a) - rank(b) || (a.scenario < b.scenario ? -1 : 1))
}

const rank = ({ name }: Standing) => standingNames.indexOf(name)

/** Returns how one scenario stands after the last of its nights, of which there is at least one. Pure. */
export function standingOf(own: readonly NightLine[]): Standing {
  const line = own.at(-1)!
  const judged = own.filter(isVerdict).slice(-windowNights)
  const failed = judged.filter(failedIn).length
  const unknownNights = own.length - 1 - own.findLastIndex(({ outcome }) => outcome !== 'unknown')
  const { name, since } = nameOf(own, judged)
  return {
    scenario: line.scenario,
    name,
    isFailure: line.outcome === 'violated' || unknownNights >= unknownNightsMost,
    since,
    failed,
    of: judged.length,
    interval: wilson(failed, judged.length),
    unknownNights,
    line,
  }
}

function nameOf(own: readonly NightLine[], judged: readonly NightLine[]): { name: StandingName; since: string } {
  const line = own.at(-1)!
  if (!isVerdict(line)) return { name: 'unknown', since: sinceOf(own, ({ outcome }) => outcome === 'unknown') }
  const firstFailed = judged.find(failedIn)
  if (firstFailed === undefined) return { name: 'passed', since: own[0]!.night }
  if (line.outcome === 'flaky' || hasBothOn(judged, line, ({ commit, seed }) => commit && `${commit} ${seed}`))
    return { name: 'flaky', since: firstFailed.night }
  return failedIn(line) ? failingName(judged, line) : passingName(judged, firstFailed)
}

/** Returns the first night of those at the end for which something holds. */
const sinceOf = (own: readonly NightLine[], holds: (line: NightLine) => boolean) =>
  own[own.findLastIndex((line) => !holds(line)) + 1]!.night

/** Whether nights that are the same in some way as this one both passed and failed. */
function hasBothOn(judged: readonly NightLine[], line: NightLine, keyOf: (line: NightLine) => string | null) {
  const key = keyOf(line)
  const same = judged.filter((one) => key !== null && keyOf(one) === key)
  return same.some(failedIn) && same.some(passedIn)
}

function failingName(judged: readonly NightLine[], line: NightLine): { name: StandingName; since: string } {
  const before = judged.slice(0, -1)
  const first = before.find((one) => failedIn(one) && one.fingerprint === line.fingerprint)
  if (first === undefined) return { name: 'new', since: line.night }
  if (isMixed(judged)) return { name: 'intermittent', since: first.night }
  return { name: 'recurring', since: sinceOf(judged, failedIn) }
}

function passingName(judged: readonly NightLine[], firstFailed: NightLine): { name: StandingName; since: string } {
  const lastFailed = judged.findLast(failedIn)!
  const passes = judged.length - 1 - judged.lastIndexOf(lastFailed)
  const isProven = lastFailed.commit !== judged.at(-1)!.commit && chanceOf(passes, judged) < chanceMost
  if (isMixed(judged) && !isProven) return { name: 'intermittent', since: firstFailed.night }
  return passes === 1 ? { name: 'fixed', since: lastFailed.night } : { name: 'passed', since: lastFailed.night }
}

/** Whether chance decides rather than the code: the same code did both, or the outcome went to and fro. */
function isMixed(judged: readonly NightLine[]): boolean {
  const switches = judged.filter((one, index) => index > 0 && failedIn(one) !== failedIn(judged[index - 1]!)).length
  const wasFlaky = judged.some(({ outcome }) => outcome === 'flaky')
  return (
    wasFlaky ||
    switches >= switchesOfIntermittent ||
    judged.some((line) => hasBothOn(judged, line, ({ commit }) => commit))
  )
}

/** How often this many passes in a row would come by chance, if it failed as rarely as the nights before allow. */
const chanceOf = (passes: number, judged: readonly NightLine[]) => {
  const before = judged.slice(0, judged.length - passes)
  return (1 - wilson(before.filter(failedIn).length, before.length).low) ** passes
}
