import type { Clock } from '../platform/clock.ts'
import type { StageReport } from './night-report.ts'
import { notRun } from './stage-reports.ts'
import { reserveMs, type StageName, stageBudgetMs, stagePlans } from './stages.ts'

export interface StagesOptions {
  budgetMs: number
  clock: Pick<Clock, 'monotonicMs'>
  isInterrupted(): boolean
  isWanted(name: StageName): boolean
  /** Reports of an earlier attempt. */
  kept: ReadonlyMap<StageName, StageReport>
  /** Never rejects: what went wrong stands in the report. */
  perform(name: StageName, budgetMs: number): Promise<StageReport>
  onStage(report: StageReport): void
}

/** Runs one stage after the other, each within its share of the time that is left, and leaves time for the end of the night. */
export async function runStages(options: StagesOptions): Promise<StageReport[]> {
  const { budgetMs, clock, kept } = options
  const endMs = clock.monotonicMs() + budgetMs - reserveMs(budgetMs)
  const reports: StageReport[] = []
  for (const plan of stagePlans) {
    const report = kept.get(plan.name) ?? (await runStage(plan, endMs - clock.monotonicMs(), options))
    options.onStage(report)
    reports.push(report)
  }
  return reports
}

async function runStage(
  plan: (typeof stagePlans)[number],
  leftMs: number,
  options: StagesOptions,
): Promise<StageReport> {
  if (!options.isWanted(plan.name)) return notRun(plan.name, 'nobody asked for it')
  if (options.isInterrupted()) return notRun(plan.name, 'the night was interrupted before it')
  const budgetMs = stageBudgetMs(plan, leftMs)
  if (budgetMs === undefined) return notRun(plan.name, 'the budget of the night was used up before it')
  return await options.perform(plan.name, budgetMs)
}
