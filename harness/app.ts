import type { BrowserPool } from './clients/browser.ts'
import type { ClusterApp, Seed } from './cluster/app.ts'
import type { Cluster } from './cluster/cluster.ts'
import type { CoreContext } from './context.ts'
import type { Sleeper } from './faults/fault.ts'
import type { Present } from './history/inventory.ts'
import type { HistoryEvent, NewEvent, OperationEnd } from './history/operation.ts'
import type { Action, ActionSource } from './plans/plan.ts'
import type { Random } from './platform/random.ts'
import type { Checker } from './verdict/checker.ts'

/**
 * What the harness knows of one application, as `harness/apps/<name>/app.ts` exports it: what is known before a cluster starts, and how the
 * application is used in one scenario. `Members` is what it adds to the context of steps, `Given` what a scenario can ask of its data.
 */
export interface HarnessApp<Members extends object = object, Given extends object = object> extends ClusterApp {
  readonly checkers?: readonly Checker[]
  /** Those that judge every scenario that names the application, whatever it is about. */
  readonly judgesAlways?: readonly Checker[]
  /** How it takes part in random scenarios. */
  readonly workload?: Workload
  /** What a person can do with it by hand, and see of it, in the console. */
  readonly controls?: AppControls
  /** Points inside an operation at which a fault can begin. */
  readonly windows?: readonly OperationWindow[]
  /** The data that a scenario asks for. */
  seeds?(given: Given): readonly Seed[]
  /** Called once for each scenario that names the application, when its cluster has started. */
  open(tools: AppTools): AppSession<Members>
}

/** Infers `Members` and `Given` from what is written. */
export const defineApp = <Members extends object, Given extends object = object>(
  app: HarnessApp<Members, Given>,
): HarnessApp<Members, Given> => app

/** What an application gets to work with in one scenario. */
export interface AppTools {
  readonly context: CoreContext
  readonly browsers: BrowserPool
  readonly random: Random
  /** Records an operation, in the history with how it ended and in the schedule of a replay, and runs it. */
  operation<T>(node: string, name: string, value: object, run: () => Promise<T>): Promise<OperationEnd<T>>
}

/** An application in one scenario. Everything but its members is optional: the runner asks each application for what it has. */
export interface AppSession<Members extends object = object> {
  /** Added to the context of the scenario's steps. */
  readonly members: Members
  /** Clients that must be joined again, with all of their topics, before the scenario is judged. */
  listeners?(): readonly Listener[]
  /** Clients that hold something of a node: what no client accounts for was forgotten. */
  present?(): Promise<readonly Present[]>
  /** Clients that a fault can suspend. */
  sleepers?(): readonly Sleeper[]
  /** Rejects while the application is not healthy: nothing has been broken yet. */
  checkSteadyState?(): Promise<unknown>
  /** Whether its nodes agree with each other again. */
  hasSettled?(): Promise<boolean>
  /** All that its clients show: the scenario is at rest when two looks are equal. */
  shown?(): Promise<unknown>
  /** What its checkers need to know of the end: events of the type `final`. */
  finalReads?(): Promise<readonly NewEvent[]>
  /** Writes screenshots, traces and the like of a scenario that did not pass; returns their paths. */
  saveEvidence?(folder: string): Promise<string[]>
  close?(): void | Promise<void>
}

/** An application in the hands of a person. The members of the context are its own, as in its workload. */
export interface AppControls<C extends CoreContext = CoreContext> {
  /** By the names of the operations that they record. Throws, before anything is done, for a value that makes no sense. */
  readonly operations: Readonly<Record<string, AppOperation<C>>>
  /** Hold on a cluster that was used before, and that people use whom the history does not know. */
  readonly checkers: readonly Checker[]
  /** Those that do not, by name, and why not. */
  readonly neverJudged: Readonly<Record<string, string>>
  /** What the application holds now. */
  look(cluster: Cluster): Promise<AppView>
  /** What checkers can be given of a session that goes on: true at any time. */
  readNow(cluster: Cluster): Promise<NewEvent[]>
}

export interface AppOperation<C extends CoreContext = CoreContext> {
  /** On the button. */
  title: string
  run(context: C, node: string, value: Record<string, unknown>): Promise<OperationEnd<unknown>>
}

/** What an application holds, as rows that a page shows without knowing the application. */
export interface AppView {
  groups: { title: string; note: string; button?: AppButton; rows: AppRow[] }[]
  carts: { who: string; items: string[] }[]
}

export interface AppRow {
  title: string
  value: string
  button?: AppButton
}

export interface AppButton {
  operation: string
  title: string
  value: Record<string, unknown>
}

export interface Listener {
  who: string
  joins(): Joins | Promise<Joins>
}

export interface Joins {
  connected: boolean
  expected: string[]
  joined: string[]
}

export const isWhollyJoined = ({ connected, expected, joined }: Joins) => connected && joined.length === expected.length

/** Between two halves of an operation, such as `reserve` and `commit` of a purchase. */
export interface OperationWindow {
  readonly between: readonly [from: string, to: string]
  /** Makes every operation wait there, long enough to be seen and to break something. */
  hold(cluster: Cluster): Promise<HeldWindow>
}

export interface HeldWindow {
  /** How many operations wait there now. */
  waitingCount(): Promise<number>
  /** Operations that come later do not wait; one that waits now is not woken. */
  release(): Promise<unknown>
}

/** How an application takes part in random scenarios: which actions there are, how they are drawn, described and run, and what must hold. */
export interface Workload<A extends Action = Action, C extends CoreContext = CoreContext> extends ActionSource<A> {
  /** What a random scenario needs: settings of the nodes, and data. */
  readonly given: { env?: Record<string, string> } & Record<string, unknown>
  /** Must hold whatever is done and whatever breaks. */
  readonly checkers: readonly Checker[]
  /** Before the first round. */
  readonly enter: WorkloadStep<C>
  /** After everything was healed: clients that gave up try again. */
  recover(context: C): Promise<void>
  /** In the end; with nothing broken, all of it must work. */
  readonly finish: WorkloadStep<C>
  /** Throws, with what was seen, when something in `finish` did not work. */
  everythingWorks(context: C): Promise<void>
  /** Whose action it is: everybody does one thing after the other. Undefined for what waits for nobody. */
  actorOf(action: A): string | undefined
  /** An action that cannot be done now, or that nobody answers, is no failure of the scenario. */
  run(context: C, action: A): Promise<unknown>
  /** Undefined where no simulation knows the application. */
  readonly simulation?: WorkloadSimulation
}

export interface WorkloadStep<C> {
  title: string
  run(context: C): Promise<void>
}

export interface WorkloadSimulation {
  /** What a request for a simulation has to say besides the plan. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Turns an event, as the simulation writes it, into one that a live run would have left. */
  readEvent(event: HistoryEvent): HistoryEvent
}

/** Applications by their names. */
export type Apps = Readonly<Record<string, HarnessApp>>

// biome-ignore lint/suspicious/noExplicitAny: the other half of the type does not matter here
type MembersOf<A> = A extends HarnessApp<infer Members, any> ? Members : never
// biome-ignore lint/suspicious/noExplicitAny: the other half of the type does not matter here
type AskedOf<A> = A extends HarnessApp<any, infer Given> ? Given : never
type Intersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never

/** The context of scenarios that name these applications. */
export type ContextOf<A extends Apps, Name extends keyof A> = CoreContext & Intersection<MembersOf<A[Name]>>

/** What scenarios that name these applications can ask of their data. */
export type GivenOf<A extends Apps, Name extends keyof A> = Intersection<AskedOf<A[Name]>>
