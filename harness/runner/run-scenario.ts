import { dirname, relative } from 'node:path'
import { ControlError } from '../cluster/control-client.ts'
import { toHistory } from '../history/history.ts'
import type { HistoryEvent } from '../history/operation.ts'
import { createRecorder, type Recorder } from '../history/recorder.ts'
import { scopeLeases } from '../leases/leases.ts'
import { createDecisionLog, type ScheduleEntry } from '../plans/schedule.ts'
import { systemClock as clock } from '../platform/clock.ts'
import {
  asEnvironment,
  type EnvironmentMissing,
  endsRun,
  isUnrelatedToSystem,
  NotSupported,
  type UsageError,
} from '../platform/errors.ts'
import { Abandoned, limited } from '../platform/limited.ts'
import { messageOf } from '../platform/plain-text.ts'
import { causeFirst } from '../reporters/format.ts'
import type { Scenario } from '../scenario.ts'
import { type CellResult, notCompleted, type PhaseResult, type ScenarioResult } from '../verdict/result.ts'
import { checkersOf } from './checkers-of.ts'
import { createLookout } from './early-end.ts'
import { outcomeOf } from './outcome.ts'
import { phases } from './phases/index.ts'
import type { Phase, RunState, ScenarioSettings } from './run-state.ts'
import { createStarvationMeter, withStarvation } from './starvation.ts'

export interface ScenarioRun {
  result: ScenarioResult
  /** Why the scenario cannot run on this kind of cluster. */
  skippedBecause?: string
  /** What ends the whole run. */
  fatal?: EnvironmentMissing | UsageError
  entries: readonly ScheduleEntry[]
}

/** Runs one scenario on a cluster of its own, from its start to a verdict. Never rejects: what went wrong stands in the result. */
export async function runScenario(scenario: Scenario, settings: ScenarioSettings): Promise<ScenarioRun> {
  const startedAt = new Date(clock.now()).toISOString()
  const state = beginRun(scenario, settings)
  const timings: PhaseResult[] = []
  for (const phase of phases) if (isDue(phase, state)) timings.push(await runPhase(phase, state))
  const result = resultOf(state, startedAt, timings)
  const { skippedBecause, fatal, log } = state
  // A proven violation is never hidden, also not by what the cluster could not do after it.
  const isSkipped = skippedBecause !== undefined && result.outcome !== 'violated'
  return { result, entries: log.entries, ...(isSkipped && { skippedBecause }), ...(fatal && { fatal }) }
}

function beginRun(scenario: Scenario, settings: ScenarioSettings): RunState {
  const startedMs = clock.monotonicMs()
  const elapsedMs = () => clock.monotonicMs() - startedMs
  const recorder = createRecorder({ elapsedMs, sink: settings.sink, isDefinite, wasNotAttempted: isUnrelatedToSystem })
  const endedLoopsBefore = settings.endedLoops?.() ?? 0
  return {
    scenario,
    settings,
    recorder,
    log: createDecisionLog(settings.recorded),
    elapsedMs,
    steps: [],
    expectations: [],
    checks: [],
    notJudged: [],
    artifacts: [],
    leases: scopeLeases(settings.leases),
    meter: createStarvationMeter(),
    isProven: proofOf(scenario, settings, recorder, endedLoopsBefore),
    endedLoopsBefore,
  }
}

/**
 * Returns a function that tells whether what the run sought is proven already, so that the rest can be left out. While a loop without an
 * end kept this process busy, nothing was seen, and nothing is proven.
 */
function proofOf(
  scenario: Scenario,
  { sought, endedLoops }: ScenarioSettings,
  { events }: Recorder,
  endedLoopsBefore: number,
): () => boolean {
  if (!sought) return () => false
  const isFound = createLookout({ sought, checkers: checkersOf(scenario), events })
  return () => (endedLoops?.() ?? 0) === endedLoopsBefore && isFound()
}

/** What a node refuses as wrong or sold out certainly did not happen; silence, or a failure in the middle, may have. */
const isDefinite = (error: unknown) => error instanceof ControlError && error.status >= 400 && error.status < 500

function isDue({ always, afterFailure }: Phase, state: RunState): boolean {
  if (always) return true
  if (state.isProven()) state.hasEndedEarly = true
  if (state.hasEndedEarly) return false
  const { obstacle, steps, settings } = state
  if (obstacle === undefined) return true
  return afterFailure === true && steps.length > 0 && settings.stoppedBecause() === undefined
}

async function runPhase(phase: Phase, state: RunState): Promise<PhaseResult> {
  const { name } = phase
  state.settings.reporter.onPhase(state.scenario.id, name)
  const startMs = Math.round(state.elapsedMs())
  try {
    await (phase.limitsItself ? phase.run(state) : inTime(phase, state))
  } catch (error) {
    recordObstacle(phase, asEnvironment(error as Error), state, startMs)
  }
  return { name, startMs, endMs: Math.round(state.elapsedMs()) }
}

/** Longer than all that a phase waits for on purpose. */
const phaseWithinMs = 120_000

const inTime = (phase: Phase, state: RunState) =>
  limited(() => phase.run(state), {
    withinMs: phaseWithinMs,
    why: `was abandoned at its limit of ${phaseWithinMs / 1_000} s`,
  })

function recordObstacle({ name, isLastWord }: Phase, error: Error, state: RunState, startMs: number) {
  if (endsRun(error)) state.fatal ??= error
  if (error instanceof NotSupported) state.skippedBecause ??= error.message
  if (name === 'provision' && error instanceof Abandoned) state.isAbandoned = true
  const why = `${name}: ${withItsStarvation(messageOf(error), state, startMs)}`
  if (state.obstacle === undefined) state.isCutShort = state.settings.stoppedBecause() !== undefined
  state.obstacle ??= why
  if (isLastWord) state.checks.push(notCompleted(why))
}

/** The reason, with how starved the machine was since the step, or else the phase, began. */
function withItsStarvation(why: string, { meter, steps, skippedBecause, elapsedMs }: RunState, phaseFromMs: number) {
  if (skippedBecause !== undefined) return why
  const fromMs = Math.max(phaseFromMs, steps.at(-1)?.startMs ?? 0)
  return withStarvation(why, meter.between(fromMs, elapsedMs()))
}

function resultOf(state: RunState, startedAt: string, timings: PhaseResult[]): ScenarioResult {
  const { scenario, settings, recorder, steps, expectations, checks, notJudged, artifacts } = state
  return {
    id: scenario.id,
    title: scenario.title,
    invariant: scenario.invariant,
    covers: scenario.covers,
    apps: [...scenario.apps],
    outcome: outcomeOf(checks),
    startedAt,
    durationMs: Math.round(state.elapsedMs()),
    phases: timings,
    steps,
    expectations,
    faults: toHistory(recorder.events).faults,
    ...cellsOf(recorder.events),
    checks: causeFirst(checks),
    ...(state.meteredFromMs !== undefined && {
      starvation: state.meter.between(state.meteredFromMs, state.elapsedMs()),
    }),
    ...(notJudged.length > 0 && { notJudged }),
    ...(state.isCutShort && { cutShort: true }),
    replay: settings.replay,
    // Relative to the folder of the run, which may be moved or uploaded.
    artifacts: artifacts.map((file) => relative(dirname(settings.artifactFolder), file)),
  }
}

function cellsOf(events: readonly HistoryEvent[]): { cells?: CellResult[] } {
  const cells = events
    .filter(({ type }) => type === 'cell')
    .map(({ operation = '', error }) => ({ cell: operation, ...(error !== undefined && { missed: error }) }))
  return cells.length > 0 ? { cells } : {}
}
