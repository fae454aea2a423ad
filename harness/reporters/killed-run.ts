import { toHistory } from '../history/history.ts'
import type { HistoryEvent } from '../history/operation.ts'
import { shellWord } from '../platform/plain-text.ts'
import {
  type ExpectationResult,
  notCompleted,
  type RunResult,
  runSchemaVersion,
  type ScenarioResult,
} from '../verdict/result.ts'
import { toolOf } from './format.ts'

/** The contents of `run.json`, written when the run starts. */
export interface RunPlan {
  suite: string
  seed: string
  driver: string
  nodes: number
  defects: readonly string[]
  startedAt: string
  environment: Record<string, string | number>
  command?: string
  /** Arguments that a replay needs beside its recording, such as `--target FILE`. */
  extraArguments?: readonly string[]
  /** Default: mesh. */
  pubsub?: string
  /** The ids of all that were to run. */
  scenarios?: readonly string[]
  /** The process that executes the run. */
  owner: { pid: number; stamp: string | undefined }
}

const usualNodes = 3

/** Returns a verdict, derived from the history, for a run that was killed before it wrote one. Everything in it is unknown. Pure. */
export function killedRun(
  plan: RunPlan,
  byScenario: ReadonlyMap<string, readonly HistoryEvent[]>,
  folder: string,
): RunResult {
  const scenarios = [...byScenario].map(([id, events]) => begunScenario(id, events, plan))
  const { suite, seed, driver, nodes, defects, startedAt, environment, command } = plan
  return {
    ...{ schemaVersion: runSchemaVersion, suite, outcome: 'unknown', exitCode: 2, seed, driver, nodes, startedAt },
    defects: [...defects],
    durationMs: Math.max(0, ...scenarios.map(({ durationMs }) => durationMs)),
    environment,
    leaks: [],
    interrupted: false,
    ended: false,
    ...(command !== undefined && { command }),
    replay: runAgain(plan, namesOf(plan, [...byScenario.keys()])),
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
    checks: [notCompleted(why)],
    replay: runAgain(plan, [id]),
    artifacts: [],
  }
}

/** A run that was killed has no schedule to replay, so that it is run once more as it was begun. */
function runAgain(
  { seed, driver, nodes, pubsub, defects, extraArguments = [], ...plan }: RunPlan,
  names: readonly string[],
) {
  const told = [
    ...(driver === 'process' ? [] : [`--driver ${driver}`]),
    ...(nodes === usualNodes ? [] : [`--nodes ${nodes}`]),
    ...(pubsub === 'redis' ? ['--pubsub redis'] : []),
    ...defects.map((one) => `--defect ${shellWord(one)}`),
    ...extraArguments,
  ]
  return [toolOf(plan), 'run', ...names, `--seed ${seed}`, ...told].join(' ')
}

/** The names of runs of which no suite has the name. */
const unnamed = ['selection', 'replay']

const namesOf = ({ suite, scenarios }: RunPlan, begun: readonly string[]) =>
  unnamed.includes(suite) ? (scenarios ?? begun) : [suite]

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
