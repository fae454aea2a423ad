import type { ChannelClient, ClientOptions } from './clients/channel-client.ts'
import type { PollClient } from './clients/poll-client.ts'
import type { WireClient, WireClientOptions } from './clients/wire-client.ts'
import type { Cluster } from './cluster/cluster.ts'
import type { FaultOptions } from './faults/fault.ts'
import type { FaultName } from './faults/index.ts'
import type { HistoryEvent, OperationEnd } from './history/operation.ts'
import type { Recorder } from './history/recorder.ts'
import type { Trigger } from './plans/trigger.ts'
import type { Clock } from './platform/clock.ts'

/** A fault that holds until it is healed; `await using` heals it at the end of its block. */
export interface Injected extends AsyncDisposable {
  heal(): Promise<void>
}

/** Breaks things, checks that they are broken, heals them, checks that they are healed. */
export interface Nemesis {
  /** Resolves when the fault was seen to hold, or was looked for in vain; the verdict knows which. */
  inject(kind: FaultName, target: string, options?: FaultOptions): Promise<Injected>
  /** Heals one by the number of its record in the history; resolves at once for one that is healed already. */
  heal(id: number): Promise<void>
  /** In the reverse order of injection. */
  healEverything(): Promise<void>
}

/**
 * What the steps of every scenario can use; each application that the scenario names adds members of its own. Operations are recorded with
 * how they ended.
 */
export interface CoreContext {
  readonly cluster: Cluster
  /** The applications whose members are in this context. */
  readonly apps: readonly string[]
  readonly nemesis: Nemesis
  readonly recorder: Recorder
  readonly clock: Clock
  /** Values that one step leaves for a later one. */
  readonly scratch: Map<string, unknown>
  clients(): readonly ChannelClient[]
  /** Waits for a condition with a deadline; the failure says what was awaited and last seen. */
  until<T>(what: string, withinMs: number, ask: () => T | Promise<T>): Promise<NonNullable<T>>
  /**
   * From now on looks for a point of the scenario; `passed` resolves there, and rejects when it does not come. A fault can begin there, where
   * no step ends (FI-18). A point between two halves of an operation makes every such operation wait there.
   */
  armTrigger(trigger: Trigger, withinMs: number): Promise<{ passed: Promise<unknown> }>
  /** A recorded random choice: a replay chooses the same. */
  choose<T>(name: string, list: readonly T[]): T
  /** The official channel client in Node, on a socket of one node; default: `/socket`. */
  client(name: string, node: string, options?: ClientOptions): Promise<ChannelClient>
  /** A client at the bare wire: a new connection each time. */
  wire(name: string, node: string, options?: WireClientOptions): Promise<WireClient>
  /** The same without a WebSocket: over long polls. */
  poll(name: string, node: string): Promise<PollClient>
  /** A numbered message from one node to everybody on the topic; the ledger knows what became of it. Default topic: `ping`. */
  publish(node: string, topic?: string): Promise<OperationEnd<unknown>>
  /** The scenario has entered a state that it is about. */
  reached(state: string): HistoryEvent
  /**
   * The scenario is about to do what may end connections or channels, or make a node log errors, by messages instead of a fault: nobody has
   * to explain what `who` loses right after it (default: everybody), with this close code if it says one.
   */
  provoke(why: string, who?: readonly string[], code?: number): void
  /** Whether the system takes a request at all; somebody else's need not. Every other failure is thrown. */
  isOffered(ask: () => Promise<unknown>): Promise<boolean>
  /** Whether a process, the harness or a node, had no processor, or the harness stood still, for nearly all of the last `lastMs`. */
  wasStarved(lastMs: number): boolean
  /** Ends the scenario as `unknown`: what it is about was never reached. */
  notReached(why: string): never
}
