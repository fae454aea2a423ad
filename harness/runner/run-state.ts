import type { HarnessApp } from '../app.ts'
import type { Background } from '../background/background.ts'
import type { BrowserPool } from '../clients/browser.ts'
import type { Cluster, PubSubName } from '../cluster/cluster.ts'
import type { ClusterFactory } from '../cluster/driver.ts'
import type { SystemPatch } from '../cluster/system-patch.ts'
import type { HistoryEvent } from '../history/operation.ts'
import type { Recorder } from '../history/recorder.ts'
import type { Leases, ScopedLeases } from '../leases/leases.ts'
import type { DecisionLog, ScheduleEntry } from '../plans/schedule.ts'
import type { EnvironmentMissing, UsageError } from '../platform/errors.ts'
import type { Reporter } from '../reporters/reporter.ts'
import type { Scenario } from '../scenario.ts'
import type { CheckResult, ExpectationResult, NotJudged, StepResult } from '../verdict/result.ts'
import type { OpenContext } from './context.ts'
import type { Sought } from './early-end.ts'
import type { createNemesis } from './nemesis.ts'
import type { StarvationMeter } from './starvation.ts'

export interface ScenarioSettings {
  seed: number
  nodes: number
  pubsub: PubSubName
  patch: SystemPatch
  clusters: ClusterFactory
  /** All that the harness knows. */
  apps: readonly HarnessApp[]
  browsers: BrowserPool
  leases: Leases
  /** Data of the cluster; gone after the run. */
  workFolder: string
  /** Traces and screenshots are not saved. */
  withoutEvidence?: boolean
  /** Traces, screenshots and logs of a scenario that did not pass; kept. */
  artifactFolder: string
  reporter: Required<Pick<Reporter, 'onPhase' | 'onStep' | 'onFault'>>
  recorded?: readonly ScheduleEntry[]
  sink(event: HistoryEvent): void
  replay: string
  /** Why the run is to end now (a signal, its budget): a step that runs is abandoned, everything is healed and judged. */
  stoppedBecause(): string | undefined
  /** Once this is found, the scenario ends: nothing that follows can change it. */
  sought?: Sought
  /** How often code that never gave the event loop a turn was ended in this run. */
  endedLoops?(): number
}

/** How far one run of a scenario has come. */
export interface RunState {
  readonly scenario: Scenario
  readonly settings: ScenarioSettings
  readonly recorder: Recorder
  readonly log: DecisionLog
  elapsedMs(): number
  readonly steps: StepResult[]
  readonly expectations: ExpectationResult[]
  readonly checks: CheckResult[]
  readonly notJudged: NotJudged[]
  readonly artifacts: string[]
  readonly leases: ScopedLeases
  readonly meter: StarvationMeter
  /** Whether what the run sought has been found. */
  isProven(): boolean
  /** The scenario was not run to its end, because what was sought had been found. */
  hasEndedEarly?: true
  /** How many loops without an end had been ended before this scenario. */
  readonly endedLoopsBefore: number
  /** From here on: what `provision` makes. */
  cluster?: Cluster
  nemesis?: ReturnType<typeof createNemesis>
  open?: OpenContext
  /** Stops the look-out for a machine that stands still. */
  stopWatching?(): void
  /** When the meter began, since the scenario began; undefined before there is a cluster. */
  meteredFromMs?: number
  stopMetering?(): void
  /** Undefined where the scenario leaves it out, or the target does not know it. */
  background?: Background
  /** How much had happened when everybody was back. */
  restFrom?: number
  /** The phase `provision` was given up: what it starts after that, it has to stop itself. */
  isAbandoned?: true
  /** Why the scenario did not get to its end. */
  obstacle?: string
  /** Whether the run was ending when that happened. */
  isCutShort?: boolean
  /** What ends the whole run: the machine lacks something, or what was asked for makes no sense. */
  fatal?: EnvironmentMissing | UsageError
  /** Why the scenario cannot run on this kind of cluster. */
  skippedBecause?: string
}

/** One part of the life of a scenario; the report uses the same names. */
export interface Phase {
  readonly name: string
  /** Runs after an obstacle too: heal, judge what there is, leave nothing behind. */
  readonly always?: true
  /** Runs after a step that failed too: a scenario that broke off may have left lasting damage, which must not hide behind "unknown". */
  readonly afterFailure?: true
  /** Nobody judges after it: what it cannot do becomes a check of its own. */
  readonly isLastWord?: true
  /** Ends in time by itself; every other phase is abandoned at a limit. */
  readonly limitsItself?: true
  run(state: RunState): Promise<void>
}

/** The folder of one scenario in a folder of many. */
export const folderOf = ({ id }: Pick<Scenario, 'id'>) => id.replaceAll('/', '-')
