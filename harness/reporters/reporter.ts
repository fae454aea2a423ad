import type { RunResult, ScenarioResult, Skipped } from '../verdict/result.ts'

export type FaultState = 'injecting' | 'on' | 'healing' | 'off'

/** Hears of a run as it goes. Every hook is optional; what a reporter throws never changes a verdict. */
export interface Reporter {
  onRunStart?(run: {
    suite: string
    seed: string
    nodes: number
    scenarioCount: number
    folder: string
    defects?: readonly string[]
  }): void
  onScenarioStart?(scenario: { id: string; title: string }): void
  onPhase?(scenarioId: string, phase: string): void
  onStep?(scenarioId: string, n: number, title: string): void
  onFault?(scenarioId: string, fault: { kind: string; target: string; state: FaultState }): void
  /** Instead of its end: this kind of cluster cannot tell the scenario. */
  onScenarioSkipped?(skipped: Skipped): void
  onScenarioEnd?(result: ScenarioResult): void
  onRunEnd?(run: RunResult): void | Promise<void>
}
