import { toHistory } from '../history/history.ts'
import type { HistoryEvent } from '../history/operation.ts'
import { type ExpectationResult, type RunResult, runSchemaVersion, type ScenarioResult } from '../verdict/result.ts'

/** The contents of `run.json`, written when the run starts. */
export interface RunPlan {
  suite: string
  seed: string
  driver: string
  nodes: number
  defects: readonly string[]
  startedAt: string
  environment: Record<string, string | number>
  /** The process that executes the run. */
  owner: { pid: number; stamp: string | undefined }
}

/** Returns a verdict, derived from the history, for a run that was killed before it wrote one. Everything in it is unknown. Pure. */
export function killedRun(
  plan: RunPlan,
  byScenario: ReadonlyMap<string, readonly HistoryEvent[]>,
  folder: string,
): RunResult {
  const scenarios = [...byScenario].map(([id, events]) => begunScenario(id, events, plan))
  const { suite, seed, driver, nodes, defects, startedAt, environment } = plan
  return {
    ...{ schemaVersion: runSchemaVersion, suite, outcome: 'unknown', exitCode: 2, seed, driver, nodes, startedAt },
    defects: [...defects],
    durationMs: Math.max(0, ...scenarios.map(({ durationMs }) => durationMs)),
    environment,
    leaks: [],
    interrupted: false,
    ended: false,
    folder,
    scenarios,
    skipped: [],
  }
}

function begunScenario(id: string, events: readonly HistoryEvent[], plan: RunPlan): ScenarioResult {
  const last = events.findLast(({ type }) => type === 'step')
  const where = last ? `in step ${last.value} (${last.operation}) or later` : 'before its first step'
  const endMs = events.at(-1)?.tMs ?? 0
  const why = `the run did not end: the history stops ${where}`
  return {
    ...{ id, title: id, invariant: '', covers: [], outcome: 'unknown', startedAt: plan.startedAt, durationMs: endMs },
    phases: [],
    steps: stepsOf(events, endMs),
    expectations: events.filter(({ type }) => type === 'expectation').map(asResult),
    faults: [...toHistory(events).faults],
    checks: [{ name: 'scenario-completed', outcome: 'unknown', why, evidence: {} }],
    replay: `./squall run ${id} --seed ${plan.seed}`,
    artifacts: [],
  }
}

const stepsOf = (events: readonly HistoryEvent[], endMs: number) =>
  events
    .filter(({ type }) => type === 'step')
    .map(({ value, operation = '', tMs }, index, all) => ({
      n: Number(value),
      title: operation,
      startMs: tMs,
      endMs: all[index + 1]?.tMs ?? endMs,
    }))

function asResult({ value, error }: HistoryEvent): ExpectationResult {
  const { after, text, met, ...compared } = value as { after: number; text: string; met: boolean }
  return { after, title: text, outcome: met ? 'passed' : 'violated', why: error ?? 'seen', ...compared }
}
