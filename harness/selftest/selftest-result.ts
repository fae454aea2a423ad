import { exitCodes } from '../platform/exit-codes.ts'
import { duration } from '../reporters/format.ts'
import { figureOf } from '../stats/figures.ts'
import type { RunResult, ScenarioResult } from '../verdict/result.ts'
import type { DefectHeader } from './defect.ts'

/**
 * What became of one defect. `survived`: it was there, and nobody raised the alarm that was asked for. `unknown`: something kept the run from
 * saying so, such as a fault that did not take hold.
 */
export const defectOutcomes = ['caught', 'survived', 'unknown', 'does-not-apply', 'does-not-type-check'] as const
export type DefectOutcome = (typeof defectOutcomes)[number]

export interface DefectResult {
  /** The id of a shipped one, else the path of its file. */
  id: string
  outcome: DefectOutcome
  caught: boolean
  /** Where it was caught, or was to be caught; null where nobody said and nobody did. */
  scenario: string | null
  checker: string | null
  /** The words in which it was caught; what was said instead when it was not. */
  finding: string
  /** From the start of the first cluster to the alarm, or to the end without one. */
  seconds: number
  /** From the scenario's first step, when the defect is there, to the verdict: what somebody waits who does not know of it. */
  detectSeconds: number | null
  /** The folder of its run; null where there was none. */
  folder: string | null
}

export interface SelftestResult {
  defects: readonly DefectResult[]
  falseAlarms: number
  /** How many scenarios ran without a defect. */
  cleanScenarios: number
  canary: 'caught' | 'missed' | 'not run'
  leaks: readonly string[]
}

type Expected = Partial<Pick<DefectHeader, 'checker' | 'finding'>>
type Judged = Pick<DefectResult, 'outcome' | 'finding' | 'scenario' | 'checker'>

/**
 * Caught means: the named checker says no, in the words of this defect; any other alarm proves nothing about this detector. Where no checker
 * is named, any alarm will do.
 */
export function judgeDefect(run: Pick<RunResult, 'scenarios' | 'outcome'>, { checker, finding }: Expected): Judged {
  const checks = run.scenarios.flatMap(({ id, checks: own }) => own.map((one) => ({ ...one, scenario: id })))
  const isExpected = (one: (typeof checks)[number]) =>
    one.outcome === 'violated' &&
    (checker === undefined || one.name === checker) &&
    (finding === undefined || finding.test(one.why))
  const alarm = checks.find(isExpected)
  if (alarm) return { outcome: 'caught', finding: alarm.why, scenario: alarm.scenario, checker: alarm.name }
  const said = checks.filter(({ outcome }) => outcome !== 'passed').map(({ name, why }) => `${name}: ${why}`)
  const wanted = [checker, finding && String(finding)].filter((word) => word !== undefined).join(' ')
  return {
    outcome: isUndecided(run, checker) ? 'unknown' : 'survived',
    finding: `${wanted === '' ? '' : `expected ${wanted}; `}${said.join('; ') || 'nobody noticed anything'}`,
    scenario: run.scenarios.length === 1 ? run.scenarios[0]!.id : null,
    checker: checker ?? null,
  }
}

/** An alarm of another checker decides nothing while the named one has not judged. */
const isUndecided = ({ outcome, scenarios }: Pick<RunResult, 'scenarios' | 'outcome'>, checker: string | undefined) =>
  outcome === 'unknown' ||
  scenarios.some(({ checks }) => checks.some(({ name, outcome: its }) => name === checker && its === 'unknown'))

/** Undefined when the scenario did not get as far as its steps. */
export function detectMsOf({ phases }: Pick<ScenarioResult, 'phases'>): number | undefined {
  const [steps, judge] = ['steps', 'judge'].map((phase) => phases.find(({ name }) => name === phase))
  return steps && judge && judge.endMs - steps.startMs
}

/** How long the caught ones took. */
export function detection(defects: readonly DefectResult[]) {
  const measured = defects.flatMap(({ id, caught, detectSeconds }) =>
    caught && detectSeconds !== null ? [{ id, detectSeconds }] : [],
  )
  if (measured.length === 0) return undefined
  const { median, most } = figureOf(measured.map(({ detectSeconds }) => detectSeconds))
  return { medianSeconds: median, worstSeconds: most, worst: measured.find((one) => one.detectSeconds === most)!.id }
}

/** The result in three sentences. */
export function summaryOf(result: SelftestResult): string {
  const { defects, falseAlarms, cleanScenarios, canary } = result
  const found = detection(defects)
  const times = found
    ? `time to detect: median ${duration(found.medianSeconds * 1_000)}, worst ${duration(found.worstSeconds * 1_000)} (${found.worst})`
    : 'time to detect: nothing was detected'
  return [
    `detectors live: ${defects.filter(({ caught }) => caught).length} of ${defects.length}${notCaught(defects)}`,
    `false alarms: ${falseAlarms} in ${cleanScenarios} scenarios without a defect; canary ${canary}`,
    `${times}, from the first step to the verdict`,
  ].join('\n')
}

/** `; 1 survived, 2 does-not-apply`, or nothing. */
function notCaught(defects: readonly DefectResult[]): string {
  const counts = defectOutcomes
    .filter((one) => one !== 'caught')
    .map((one) => ({ one, count: defects.filter(({ outcome }) => outcome === one).length }))
    .filter(({ count }) => count > 0)
  return counts.length === 0 ? '' : `; ${counts.map(({ one, count }) => `${count} ${one}`).join(', ')}`
}

/** A defect that survived is never hidden, and neither is a false alarm; a diff that cannot be used is the mistake of who wrote it. */
export function exitCodeFor({ defects, falseAlarms, canary }: SelftestResult, interrupted: number | undefined): number {
  const has = (...outcomes: DefectOutcome[]) => defects.some(({ outcome }) => outcomes.includes(outcome))
  if (has('survived') || falseAlarms > 0 || canary === 'missed') return exitCodes.violated
  if (interrupted !== undefined) return interrupted
  if (has('unknown')) return exitCodes.unknown
  return has('does-not-apply', 'does-not-type-check') ? exitCodes.usage : exitCodes.passed
}

/** Takes results in any order and hands them on in the order of their numbers. */
export function inOrder<T>(hand: (one: T) => void) {
  const waiting = new Map<number, T>()
  let next = 0
  return (index: number, one: T) => {
    waiting.set(index, one)
    for (; waiting.has(next); next += 1) {
      hand(waiting.get(next)!)
      waiting.delete(next)
    }
  }
}
