import type { FaultRecord } from '../history/operation.ts'
import type { Verdict } from './checker.ts'

/** `flaky`: a scenario failed, and passed when it was run again. */
export type Outcome = 'passed' | 'violated' | 'unknown' | 'flaky'

export interface PhaseResult {
  name: string
  startMs: number
  endMs: number
}
export interface StepResult {
  n: number
  title: string
  startMs: number
  endMs: number
  error?: string
}
export interface ExpectationResult {
  after: number
  title: string
  outcome: Verdict['outcome']
  why: string
  /** Of a violated one that compares two values. */
  expected?: unknown
  seen?: unknown
}
export interface CheckResult extends Verdict {
  name: string
}

/** The check that says why a scenario did not get to its end. */
export const scenarioCompleted = 'scenario-completed'

/** What did not happen can be neither right nor wrong. */
export const notCompleted = (why: string): CheckResult => ({
  name: scenarioCompleted,
  outcome: 'unknown',
  why,
  evidence: {},
})

/** A checker, or an expectation, that this system shows or promises too little for. */
export interface NotJudged {
  name: string
  why: string
}

/** How starved the processes were, as far as the operating system and their event loops say. Where it says nothing, members are empty. */
export interface Starvation {
  overMs: number
  /** Share of the time, from 0 to 1, in which something on the machine waited for it. */
  pressure: { cpu?: number; io?: number; memory?: number }
  /**
   * By part: ms for which it was ready to run and had no processor. `harness` and the nodes are main threads, `links` is the thread of the
   * embedded proxy; of `database`, `redis` and `browser` it is the process that waited longest.
   */
  waitedMs: Record<string, number>
  /** By process: the longest time for which its event loop did not turn, or its control port did not answer. */
  longestStallMs: Record<string, number>
}

/** One of several attempts of a scenario. */
export interface AttemptResult {
  outcome: Outcome
  durationMs: number
  why: string | null
}

/** An operation that was to be hit by a fault at one of its points. */
export interface CellResult {
  cell: string
  /** Why it was not hit there; undefined when it was. */
  missed?: string
}

/** The checkers that were violated. */
export const violatedCheckers = ({ checks }: Pick<ScenarioResult, 'checks'>): string[] =>
  checks.filter(({ outcome }) => outcome === 'violated').map(({ name }) => name)

/** A scenario fails like another only if it violates one of the same checkers. */
export const violatesOneOf = (checkers: readonly string[], scenario: Pick<ScenarioResult, 'checks'>): boolean =>
  violatedCheckers(scenario).some((name) => checkers.includes(name))

/** One scenario's part of `verdict.json`; times since the scenario began. */
export interface ScenarioResult {
  id: string
  title: string
  /** What must hold, in one sentence. */
  invariant: string
  covers: string[]
  /** The applications that it names. */
  apps?: string[]
  outcome: Outcome
  startedAt: string
  durationMs: number
  phases: PhaseResult[]
  steps: StepResult[]
  expectations: ExpectationResult[]
  faults: FaultRecord[]
  /** Only of a scenario that draws some. */
  cells?: CellResult[]
  checks: CheckResult[]
  /** Only of a scenario whose cluster had started. */
  starvation?: Starvation
  /** Only where the system shows or promises less than the scenario looks at. */
  notJudged?: NotJudged[]
  /** Only of a scenario that the end of the run broke off, such as its budget. */
  cutShort?: true
  /** Only of a scenario that was run again because it failed; all else is of the first attempt. */
  attempts?: AttemptResult[]
  replay: string
  artifacts: string[]
}

/** A scenario that this kind of cluster cannot run; it counts for nothing. */
export interface Skipped {
  id: string
  why: string
}

/** Of what a run leaves. A history of another version says other things about faults and operations, and is not judged again. */
export const runSchemaVersion = 2

/** `verdict.json`: the truth of a run; every report is derived from it. */
export interface RunResult {
  schemaVersion: typeof runSchemaVersion
  suite: string
  outcome: Outcome
  exitCode: number
  seed: string
  /** `process`, `container` or `remote`. */
  driver: string
  nodes: number
  defects: string[]
  startedAt: string
  durationMs: number
  environment: Record<string, string | number>
  /** Of the harness, over the whole run. */
  starvation?: Starvation
  leaks: string[]
  interrupted: boolean
  /** Only of a run that left no verdict: it was killed, or still runs. */
  ended?: false
  /** How Squall is called in the folder where the run was made; default: `./squall`. */
  command?: string
  /** The command that repeats the run; default: a replay of its folder. */
  replay?: string
  folder: string
  scenarios: ScenarioResult[]
  skipped: Skipped[]
}

/** A proven violation outranks everything; a scenario without a verdict is never a pass. */
export function worstOutcome(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('violated')) return 'violated'
  if (outcomes.includes('unknown') || outcomes.length === 0) return 'unknown'
  return outcomes.includes('flaky') ? 'flaky' : 'passed'
}
