import type { PubSubName } from './cluster/cluster.ts'
import type { FaultName } from './faults/index.ts'
import type { Plan } from './plans/plan.ts'
import type { ScenarioContext } from './runner/context.ts'
import type { Checker } from './verdict/checker.ts'

export interface Step {
  title: string
  run(context: ScenarioContext): Promise<void>
}

export interface Expectation {
  /** The number of the step after which it must hold; steps count from 1. */
  after: number
  title: string
  /** Throws, with what was seen, when it does not hold. */
  check(context: ScenarioContext): Promise<unknown>
}

export interface Given {
  /** Default: what the run says. */
  nodes?: number
  /** For a scenario about one of them. Default: what the run says. */
  pubsub?: PubSubName
  nodesWithoutWeb?: string[]
  env?: Record<string, string>
  /** Item id -> count, before the nodes start. */
  stock?: Record<number, number>
}

/** One scenario: what must hold, the steps, and what one sees after each; written before it runs (AT-1). */
export interface Scenario {
  id: string
  title: string
  invariant: string
  covers: string[]
  given?: Given
  /** What a scenario that is told from data is told from; a run writes it down, and a replay tells it again. */
  plan?: Plan
  /** What it waits for on purpose, in ms: long scenarios begin early, so that no run waits for one at its end. */
  expectedDurationMs?: number
  steps: Step[]
  expectations: Expectation[]
  /** States that the scenario is about: where `context.reached(state)` was never called for one of them, the verdict is `unknown`. */
  sometimes?: string[]
  /** Timers that the scenario is about, by the fault that must be seen to hold longer than they run, in ms; else `unknown`. */
  outlasts?: Partial<Record<FaultName, number>>
  /** Judge the whole history, beside `expectations` and `faults-witnessed`, which always do. */
  checkers?: Checker[]
  /** Must fail: shows that the harness can say no. Left out of suites. */
  canary?: boolean
}

export class BadScenario extends Error {
  override name = 'BadScenario'
}

export const step = (title: string, run: Step['run']): Step => ({ title, run })
export const after = (n: number, title: string, check: Expectation['check']): Expectation => ({
  after: n,
  title,
  check,
})

/** Refuses a scenario that could not mean anything. Throws BadScenario. */
export function scenario(story: Scenario): Scenario {
  if (!/^[a-z]+(\/[a-z0-9-]+)+$/.test(story.id))
    throw new BadScenario(`"${story.id}" is no scenario id; expected group/name`)
  if (story.steps.length === 0) throw new BadScenario(`${story.id} has no steps`)
  if (story.expectations.length + (story.checkers?.length ?? 0) === 0)
    throw new BadScenario(`${story.id} expects nothing and has no invariant: it could not fail`)
  const stray = story.expectations.find((one) => one.after < 1 || one.after > story.steps.length)
  if (stray)
    throw new BadScenario(
      `${story.id} expects "${stray.title}" after step ${stray.after}, but has ${story.steps.length} steps`,
    )
  const [timer, timerMs] = Object.entries(story.outlasts ?? {}).find(([, ms]) => !(ms > 0)) ?? []
  if (timer) throw new BadScenario(`${story.id} says that ${timer} outlasts a timer of ${timerMs} ms: any fault would`)
  if (story.covers.length === 0) throw new BadScenario(`${story.id} names no catalogue id that it covers`)
  return story
}
