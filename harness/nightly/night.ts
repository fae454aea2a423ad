import { reasons, toolOf } from '../reporters/format.ts'
import type { RunResult, ScenarioResult } from '../verdict/result.ts'
import { fingerprintOf } from './fingerprint.ts'

/** A fault as a night keeps it. */
export interface NightFault {
  kind: string
  asked: number
  witnessed: number
}

/** What one night says of one scenario: one line of the history of nights. */
export interface NightLine {
  version: 1
  /** When the night began, in ISO 8601; it identifies the night. */
  night: string
  scenario: string
  outcome: ScenarioResult['outcome']
  durationMs: number
  /** From the end of the last fault until everybody is back and nothing changes any more; null without a fault. */
  recoveryMs: number | null
  faults: NightFault[]
  seed: string
  /** The commit of the code; null when it is unknown or the working copy is changed, because then no two nights are known to be of the same code. */
  commit: string | null
  fingerprint: string | null
  /** The first reason, in full. */
  why: string | null
  replay: string
  /** Of a scenario that ran more than once because it failed. */
  attempts?: { failed: number; of: number }
}

/** Where a night belongs to. */
export interface NightFacts {
  night: string
  commit: string | null
  /** Whether it is a part of a night: its report is read where the folders of its runs are not. */
  isShard?: boolean
}

/** Returns whether a run is one of the system as it is, that came to its end. Runs with defects, replays and interrupted or killed runs never count. */
export const countsAsNight = ({ defects, suite, interrupted, ended }: RunResult): boolean =>
  defects.length === 0 && suite !== 'replay' && !interrupted && ended !== false

/** Returns a line for each scenario of a run; none for a run that does not count, and none for a scenario without a verdict of its own because the run ended. Pure. */
export const nightLines = (run: RunResult, facts: NightFacts): NightLine[] =>
  countsAsNight(run) ? run.scenarios.filter(hasVerdict).map((scenario) => lineOf(scenario, run, facts)) : []

const hasVerdict = ({ cutShort, outcome }: ScenarioResult) => !cutShort || outcome === 'violated'

function lineOf(scenario: ScenarioResult, run: RunResult, { night, commit, isShard }: NightFacts): NightLine {
  const { seed } = run
  const { id, outcome, durationMs } = scenario
  const replay = isShard ? `${toolOf(run)} run ${id} --seed ${seed}` : scenario.replay
  return {
    version: 1,
    night,
    scenario: id,
    outcome,
    durationMs,
    recoveryMs: recoveryMsOf(scenario),
    faults: faultsOf(scenario),
    seed,
    commit,
    fingerprint: fingerprintOf(scenario) ?? null,
    why: outcome === 'passed' ? null : (reasons(scenario)[0] ?? 'no reason was recorded'),
    replay,
    ...attemptsOf(scenario),
  }
}

const attemptsOf = ({ attempts }: ScenarioResult): Pick<NightLine, 'attempts'> =>
  attempts === undefined
    ? {}
    : { attempts: { failed: attempts.filter(({ outcome }) => outcome === 'violated').length, of: attempts.length } }

function recoveryMsOf({ phases, faults }: ScenarioResult): number | null {
  const settle = phases.find(({ name }) => name === 'settle')
  return settle && faults.length > 0 ? settle.endMs - settle.startMs : null
}

const faultsOf = ({ faults }: ScenarioResult): NightFault[] =>
  [...Map.groupBy(faults, ({ kind }) => kind)].map(([kind, list]) => ({
    kind,
    asked: list.length,
    witnessed: list.filter(({ witnessedOnMs }) => witnessedOnMs !== null).length,
  }))
