import { stripVTControlCharacters } from 'node:util'
import { shellWord } from '../platform/plain-text.ts'
import { count } from '../verdict/checker.ts'
import {
  type CheckResult,
  type ExpectationResult,
  type Outcome,
  type RunResult,
  type ScenarioResult,
  type Skipped,
  scenarioCompleted,
} from '../verdict/result.ts'

/** Sentences that all reports share. Pure: the same record always gives the same text. */
export const outcomeMark: Record<Outcome, string> = { passed: '✓', violated: '✗', unknown: '?', flaky: '~' }

/** `850 ms`, `12.3 s`, `2 min 05 s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 99_950) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}

/** `8 s`, `40 s`, `2 min`, `1 h 20 min`: as exact as an estimate is. */
export function roughly(ms: number): string {
  const seconds = Math.ceil(ms / 1_000)
  if (seconds < 10) return `${Math.max(1, seconds)} s`
  if (seconds < 90) return `${Math.round(seconds / 10) * 10} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`
}

export interface Counts {
  passed: number
  violated: number
  unknown: number
  flaky: number
  faults: number
  witnessed: number
}

export function counts(run: RunResult): Counts {
  const having = (outcome: Outcome) => run.scenarios.filter((one) => one.outcome === outcome).length
  const faults = run.scenarios.flatMap((one) => one.faults)
  return {
    passed: having('passed'),
    violated: having('violated'),
    unknown: having('unknown'),
    flaky: having('flaky'),
    faults: faults.length,
    witnessed: faults.filter((one) => one.witnessedOnMs !== null).length,
  }
}

/** Lists the cause that stopped a scenario before the checks that are unknown because of it, unless a check is violated. Pure. */
export function causeFirst(checks: readonly CheckResult[]): CheckResult[] {
  if (checks.some(({ outcome }) => outcome === 'violated')) return [...checks]
  return checks.toSorted((a, b) => Number(b.name === scenarioCompleted) - Number(a.name === scenarioCompleted))
}

/** One reason why a scenario did not pass, and where it was found. */
export interface Finding {
  from: 'check' | 'expectation' | 'step'
  name: string
  outcome: Outcome
  why: string
  /** The sentence that people read. */
  sentence: string
  /** The number of the step, of an expectation or a step. */
  step?: number
  evidence: Record<string, unknown>
}

/** Returns why a scenario did not pass, each reason once: violated checks and expectations first, then unknown ones, starting with their cause. */
export function findings(scenario: ScenarioResult): Finding[] {
  const cause = scenario.checks.find(({ name }) => name === scenarioCompleted)
  const expectations = scenario.expectations.map(ofExpectation)
  // The `expectations` check only summarizes what the expectations themselves state in more detail.
  const own = causeFirst(scenario.checks)
    .filter(({ name }) => name !== 'expectations' || (!cause && expectations.every(held)))
    .map(ofCheck)
  const steps = scenario.steps
    .filter(({ error }) => error !== undefined && !cause?.why.includes(error))
    .map(({ n, title, error = '' }) => findingOf('step', `step ${n}, ${title}`, 'unknown', error, n))
  const all = [...expectations, ...own, ...steps]
  return [...all.filter(({ outcome }) => outcome === 'violated'), ...all.filter(({ outcome }) => outcome === 'unknown')]
}

const ofCheck = ({ name, outcome, why, evidence }: CheckResult): Finding => ({
  ...findingOf('check', name, outcome, why),
  evidence,
})

function ofExpectation({ after, title, outcome, why, ...compared }: ExpectationResult): Finding {
  const finding = findingOf('expectation', `after step ${after}, ${title}`, outcome, why, after)
  return { ...finding, evidence: compared }
}

const findingOf = (from: Finding['from'], name: string, outcome: Outcome, why: string, step?: number): Finding => ({
  ...{ from, name, outcome, why, evidence: {} },
  ...(step !== undefined && { step }),
  sentence: stripVTControlCharacters(name === scenarioCompleted ? why : `${name}: ${why}`),
})

/** Returns the sentences of why a scenario did not pass. */
export const reasons = (scenario: ScenarioResult): string[] => findings(scenario).map(({ sentence }) => sentence)

/** Returns one line for each attempt of a scenario that was run again; none for all others. */
export const describeAttempts = ({ attempts = [] }: ScenarioResult): string[] =>
  attempts.map(({ outcome, why }, index) => `attempt ${index + 1}: ${outcome}${why === null ? '' : `, ${why}`}`)

/** `, 2 flaky`, or nothing: most runs have no retries. */
export const flakyPart = (flaky: number): string => (flaky > 0 ? `, ${flaky} flaky` : '')

/** Returns one line for each cell that a scenario drew: whether the operation was hit at its point, and if not, why. */
export const describeCells = ({ cells = [] }: ScenarioResult): string[] =>
  cells.map(({ cell, missed }) => (missed === undefined ? `hit: ${cell}` : `unknown: ${cell}: ${missed}`))

const held = ({ outcome }: { outcome: Outcome }) => outcome === 'passed'

/** Returns the headline of every report. A failure caused by a known defect is not a regression, so the sentence names the defects. */
export function verdictSentence(run: RunResult): string {
  const { defects } = run
  const sentence = headlineOf(run)
  return defects.length === 0 ? sentence : `${sentence} The system ran with ${describeDefects(defects)}.`
}

/** `the defect DF-10`, `the defects DF-10, DF-11`. */
export const describeDefects = (names: readonly string[]): string =>
  `the ${names.length === 1 ? 'defect' : 'defects'} ${names.join(', ')}`

function headlineOf(run: RunResult): string {
  const { passed, violated, unknown, flaky, faults, witnessed } = counts(run)
  const first = (outcome: Outcome) => run.scenarios.find((one) => one.outcome === outcome)
  const because = (scenario: ScenarioResult) => `${scenario.id} (${reasons(scenario)[0] ?? 'no reason was recorded'})`
  if (violated > 0)
    return `Violated: ${count(violated, 'scenario')} of ${run.scenarios.length} violated an invariant, first ${because(first('violated')!)}.`
  if (run.ended === false)
    return `Unknown: the run did not end, because it was killed or still runs; ${count(run.scenarios.length, 'scenario')} had begun.`
  if (run.interrupted)
    return `Interrupted: ${count(run.scenarios.length, 'scenario')} had begun; the report is partial.`
  if (unknown > 0)
    return `Unknown: ${count(unknown, 'scenario')} of ${run.scenarios.length} ${unknown === 1 ? 'was' : 'were'} inconclusive, first ${because(first('unknown')!)}.`
  if (flaky > 0)
    return `Flaky: ${count(flaky, 'scenario')} of ${run.scenarios.length} failed and then passed, first ${because(first('flaky')!)}.`
  if (run.scenarios.length === 0)
    return `Unknown: no scenario ran${run.skipped.length > 0 ? `; ${run.skipped.length} skipped` : ''}.`
  if (endedEarly(run))
    return `Unknown: the run ended before every scenario had begun; ${count(passed, 'scenario')} passed.`
  const proof = faults === 0 ? 'no fault was asked for' : `faults witnessed: ${witnessed} of ${faults}`
  const skipped = run.skipped.length > 0 ? `; ${run.skipped.length} skipped` : ''
  const leaks = run.leaks.length > 0 ? `, but the run left ${count(run.leaks.length, 'thing')} behind` : ''
  return `Passed: ${count(passed, 'scenario')} held every invariant; ${proof}${skipped}${leaks}.`
}

/** Returns whether every scenario that ran passed, but the run ended before all of them had started. */
export const endedEarly = ({ outcome, scenarios }: RunResult): boolean =>
  outcome === 'unknown' && scenarios.every((one) => one.outcome === 'passed')

const resources = { cpu: 'processor', io: 'disk', memory: 'memory' } as const

/** Returns what the processes of a run waited for: `processor 97 %, disk 3 %; the harness 3.2 s of 60.0 s`; undefined where nobody counted. */
export function describeWaiting({ starvation }: Pick<RunResult, 'starvation'>): string | undefined {
  if (!starvation) return undefined
  const { pressure, waitedMs, overMs } = starvation
  const shares = (['cpu', 'io', 'memory'] as const).flatMap((kind) => {
    const share = pressure[kind]
    return share === undefined ? [] : [`${resources[kind]} ${Math.round(100 * share)} %`]
  })
  const own = waitedMs.harness === undefined ? [] : [`the harness ${duration(waitedMs.harness)} of ${duration(overMs)}`]
  const parts = [...(shares.length > 0 ? [shares.join(', ')] : []), ...own]
  return parts.length > 0 ? parts.join('; ') : undefined
}

/** Returns what of a scenario was not judged, as lines of a list. */
export const describeNotJudged = ({ notJudged = [] }: Pick<ScenarioResult, 'notJudged'>): string[] =>
  notJudged.map(({ name, why }) => `not judged: ${name}, because ${why}`)

/** Returns why a scenario was skipped, as one line of a list. */
export const describeSkipped = ({ id, why }: Skipped): string => `${id}: ${why}`

/** Returns the path of a run's files as a user would type it. */
export const shownFolder = ({ folder }: Pick<RunResult, 'folder'>): string =>
  folder.includes('/') ? folder : `reports/${folder}`

/** Returns the command that requests the same workload and the same faults again. */
export const replayCommand = (run: Pick<RunResult, 'folder' | 'command' | 'replay'>): string =>
  run.replay ?? `${toolOf(run)} replay ${shellWord(shownFolder(run))}`

/** Returns how Squall is called in the folder where a run was made. */
export const toolOf = ({ command }: Pick<RunResult, 'command'>): string => command ?? './squall'

export const when = (startedAt: string): string => startedAt.replace('T', ' ').replace(/\.\d+Z$|Z$/, ' UTC')
