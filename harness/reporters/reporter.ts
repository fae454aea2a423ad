import type { RunResult, ScenarioResult, Skipped } from '../verdict/result.ts'
import type { Planned } from './progress.ts'

export type FaultState = 'injecting' | 'on' | 'healing' | 'off'

/** Receives the events of a run as they happen. Every hook is optional; an exception in a reporter never changes a verdict. */
export interface Reporter {
  onRunStart?(run: {
    suite: string
    seed: string
    nodes: number
    scenarioCount: number
    /** How many run in parallel; default: 1. */
    jobs?: number
    /** The scenarios in the order of the run, with how long each took last time; default: nothing is known. */
    planned?: readonly Planned[]
    folder: string
    /** The folder as somebody types it from where the run was started. Default: from its last two names. */
    place?: string
    defects?: readonly string[]
  }): void
  onScenarioStart?(scenario: { id: string; title: string }): void
  onPhase?(scenarioId: string, phase: string): void
  onStep?(scenarioId: string, n: number, title: string): void
  onFault?(scenarioId: string, fault: { kind: string; target: string; state: FaultState }): void
  /** Called instead of `onScenarioEnd` when this kind of cluster does not support the scenario. */
  onScenarioSkipped?(skipped: Skipped): void
  onScenarioEnd?(result: ScenarioResult): void
  onRunEnd?(run: RunResult): void | Promise<void>
}
