import type { Apps, ContextOf, GivenOf } from './app.ts'
import type { PolicyName } from './cluster/balancer/policy.ts'
import type { PubSubName } from './cluster/cluster.ts'
import type { SystemPromises } from './cluster/promises.ts'
import type { CoreContext } from './context.ts'
import { type FaultName, faults, isFaultName } from './faults/index.ts'
import type { Plan } from './plans/plan.ts'
import type { Recording } from './plans/recording.ts'
import { orNearest } from './platform/nearest.ts'
import type { Checker } from './verdict/checker.ts'

export interface Step<C = CoreContext> {
  title: string
  run(context: C): Promise<void>
}

export interface Expectation<C = CoreContext> {
  /** The number of the step after which it must hold; steps count from 1. */
  after: number
  title: string
  /** What a system has to promise for it to be expected; else it is not judged. */
  promised?: keyof SystemPromises
  /** Throws, with what was seen, when it does not hold. */
  check(context: C): Promise<unknown>
}

/** Applications add what can be asked of their data. */
export interface Given {
  /** Default: what the run says. */
  nodes?: number
  /** For a scenario about one of them. Default: what the run says. */
  pubsub?: PubSubName
  nodesWithoutWeb?: string[]
  /** Puts a balancer in front of the nodes, which chooses in this way; its clients name `balancer` instead of a node. */
  balancer?: PolicyName
  /** Further nodes of the cluster that are started by a fault, such as `scale.out`. */
  standby?: string[]
  env?: Record<string, string>
  /** Settings that only make the scenario faster: a system that runs already keeps its own. */
  fasterEnv?: Record<string, string>
  /** What the scenario is about; a system that does not promise it is skipped. */
  promised?: (keyof SystemPromises)[]
}

/** One scenario: what must hold, the steps, and what one sees after each; written before it runs (AT-1). */
export interface Scenario<C = CoreContext, G = object> {
  id: string
  title: string
  invariant: string
  /** Ids of this project's catalogue; a scenario outside this repository needs none. */
  covers: string[]
  /** The applications that it needs: their members are in its context, and where one is missing it is skipped. */
  apps: readonly string[]
  /** For `--tag`: `browser` where people have tabs. Applications and Redis are tags by themselves. */
  tags?: readonly string[]
  given?: Given & G
  /** The plan that it was made from; a run records it, and a replay makes the scenario from it again. */
  plan?: Plan
  /** What was done by hand in the console, once its steps are over; a run records it, and a replay does the same at the same times. */
  recording?(): Recording
  /** People of whom the history knows nothing may use the nodes too: what the nodes hold is not accounted for. */
  hasVisitors?: true
  /** A step, or an expectation, that takes longer than this many ms is abandoned, and the verdict is `unknown`. Default: `stepWithinMs`. */
  stepWithinMs?: number
  /** The same for all steps together. Default: `stepsWithinMs`. */
  stepsWithinMs?: number
  /** What it waits for on purpose, in ms: long scenarios begin early, so that no run waits for one at its end. */
  expectedDurationMs?: number
  steps: Step<C>[]
  expectations: Expectation<C>[]
  /** States that the scenario is about: where `context.reached(state)` was never called for one of them, the verdict is `unknown`. */
  sometimes?: string[]
  /** Timers that the scenario is about, by the fault that must be seen to hold longer than they run, in ms; else `unknown`. */
  outlasts?: Partial<Record<FaultName, number>>
  /** Judge the whole history, beside `expectations` and `faults-witnessed`, which always do. */
  checkers?: Checker[]
  /**
   * An application that takes part where the system has it: its members are in the context then (`withApp`), and its checkers judge. The
   * scenario runs without it too.
   */
  alsoWith?: { app: string; checkers: Checker[] }
  /** Why it runs without the clients of the background, which every other scenario has. */
  withoutBackground?: string
  /** Its background sends a body over the limit of long polls in every run; that of another scenario in one of five, because it costs much. */
  hasTooLongRequest?: true
  /** Must fail: shows that the harness can say no. Left out of suites. */
  canary?: boolean
  /** Why it runs only when it is asked for: it needs the whole machine. Left out of the acceptance suite. */
  aloneBecause?: string
  /** Why a night runs it and the acceptance suite does not: it takes long, and what it shows rarely breaks. */
  nightlyBecause?: string
}

/** Limits of a scenario that sets none; ten times what the slowest needs on a quiet machine. */
export const stepWithinMs = 60_000
export const stepsWithinMs = 300_000

export class BadScenario extends Error {
  override name = 'BadScenario'
}

/** What a scenario file writes its scenario with: steps whose context has the members of its applications. */
export interface ScenarioKit<C, G> {
  /** Refuses a scenario that could not mean anything. Throws BadScenario. */
  scenario(scenario: Omit<Scenario<C, G>, 'apps' | 'covers'> & { covers?: string[] }): Scenario
  step(title: string, run: Step<C>['run']): Step<C>
  after(n: number, title: string, check: Expectation<C>['check']): Expectation<C>
  /** The same, of a system that makes this promise (`promises` of its target). */
  afterIfPromised(
    promised: keyof SystemPromises,
    n: number,
    title: string,
    check: Expectation<C>['check'],
  ): Expectation<C>
}

/** Makes `scenariosFor`, which gives a scenario file its kit: `const { scenario, step, after } = scenariosFor('store')`. */
export const scenariosOf =
  <A extends Apps>(apps: A) =>
  <Name extends keyof A & string = never>(...names: Name[]): ScenarioKit<ContextOf<A, Name>, GivenOf<A, Name>> => ({
    // The runner makes a context with the members of the applications that the scenario names, so its steps get what they expect.
    scenario: (one) => checkedScenario({ covers: [], ...one, apps: names } as Scenario, apps),
    step: (title, run) => ({ title, run }),
    after: (n, title, check) => ({ after: n, title, check }),
    afterIfPromised: (promised, n, title, check) => ({ promised, after: n, title, check }),
  })

/** Refuses a scenario that could not mean anything. Throws BadScenario. */
export function checkedScenario(one: Scenario, apps: Apps): Scenario {
  const problem = problemOf(one) ?? strayCheckerOf(one, apps)
  if (problem !== undefined) throw new BadScenario(problem)
  const { alsoWith } = one
  const always = one.apps.flatMap((name) => apps[name]?.judgesAlways ?? [])
  const also = alsoWith && withAlso(alsoWith.checkers, apps[alsoWith.app]?.judgesAlways ?? [])
  return {
    ...one,
    ...(always.length > 0 && { checkers: withAlso(one.checkers ?? [], always) }),
    ...(alsoWith && { alsoWith: { app: alsoWith.app, checkers: also! } }),
  }
}

/** The same context with the members of an application, where it takes part in the scenario. */
export const withAppOf =
  <A extends Apps>(_apps: A) =>
  <Name extends keyof A & string>(context: CoreContext, name: Name): ContextOf<A, Name> | undefined =>
    // The runner adds the members of every application that it lists.
    context.apps.includes(name) ? (context as ContextOf<A, Name>) : undefined

/** A checker that the scenario names itself must find evidence, so it stays as it is. */
const withAlso = (own: readonly Checker[], always: readonly Checker[]) => [
  ...own,
  ...always.filter(({ name }) => own.every((one) => one.name !== name)),
]

/** Why a scenario could not mean anything. Pure. */
function problemOf({ id, steps, expectations, checkers = [], outlasts = {} }: Scenario): string | undefined {
  if (!/^[a-z]+(\/[a-z0-9-]+)+$/.test(id)) return `"${id}" is no scenario id; expected group/name`
  if (steps.length === 0) return `${id} has no steps`
  if (expectations.length + checkers.length === 0)
    return `${id} expects nothing and has no invariant: it could not fail`
  const stray = expectations.find((one) => one.after < 1 || one.after > steps.length)
  if (stray) return `${id} expects "${stray.title}" after step ${stray.after}, but has ${steps.length} steps`
  if (checkers.length === 0 && expectations.every(({ check }) => isEmpty(check)))
    return `${id} has no check that could fail: what it expects is looked for by an empty function`
  const stranger = Object.keys(outlasts).find((kind) => !isFaultName(kind))
  if (stranger !== undefined)
    return `${id} outlasts ${stranger}, which is no fault${orNearest(stranger, Object.keys(faults))}`
  const [timer, timerMs] = Object.entries(outlasts).find(([, ms]) => !(ms > 0)) ?? []
  if (timer) return `${id} says that ${timer} outlasts a timer of ${timerMs} ms: any fault would`
  return undefined
}

/** A function without a statement returns nothing, and throws nothing. */
const isEmpty = (check: Expectation['check']) =>
  /^(async\s*)?(function\s*\w*)?\s*(\([^)]*\)|\w+)\s*(=>)?\s*\{\s*\}$/.test(
    String(check).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''),
  )

/** Without its application a checker has nothing to judge. */
function strayCheckerOf({ id, checkers = [], apps: named }: Scenario, apps: Apps): string | undefined {
  const others = Object.values(apps).filter(({ name }) => !named.includes(name))
  const owner = others.find((app) => app.checkers?.some((one) => checkers.includes(one)))
  return owner && `${id} has a checker of the application ${owner.name}; write scenariosFor('${owner.name}')`
}
