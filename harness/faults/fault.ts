import type { Cluster } from '../cluster/cluster.ts'
import type { FaultRecord } from '../history/operation.ts'
import type { Clock } from '../platform/clock.ts'
import type { Aim } from './aims.ts'
import type { Drawn } from './draws.ts'
import type { OptionFact } from './options.ts'

/** What somebody outside the fault's own code path found. */
export interface Witness {
  seen: boolean
  why: string
}

export type FaultOptions = Record<string, unknown>

/** One fault of one target: four steps, each called once and in this order. */
export interface Fault {
  inject(): Promise<void>
  witnessOn(): Promise<Witness>
  heal(): Promise<void>
  witnessOff(): Promise<Witness>
}

/** A client that can be stopped and goes on later. */
export interface Sleeper {
  readonly who: string
  readonly node: string
  freeze(): Promise<void>
  thaw(): Promise<void>
}

/** What a fault's record says about its effects, so that the ledger and the checkers know no kind of fault. */
export type Effects = Pick<FaultRecord, 'explains' | 'forgets'>

/** Everything that the harness knows about one kind of fault. */
export interface FaultDefinition {
  readonly kind: string
  /** One line: what it does. */
  readonly title: string
  readonly aim: Aim
  readonly options: readonly OptionFact[]
  /** How random plans draw it. */
  readonly drawn: Drawn
  /** Whether the simulator has it, or why not. */
  readonly simulated: true | string
  /** Throws BadOption, in one sentence, for options that make no sense. */
  checkOptions(options: FaultOptions): void
  /** Makes the fault of one target, in names. Throws BadTarget or BadOption at once. */
  create(cluster: Cluster, target: string, options: FaultOptions, sleepers?: readonly Sleeper[]): Fault
  effectsOf(options: FaultOptions): Effects
}

export const seen = (why: string): Witness => ({ seen: true, why })
export const unseen = (why: string): Witness => ({ seen: false, why })

const lookEveryMs = 100

/** Looks until it is seen or the time is over; returns the last look. */
export async function witnessWithin(
  withinMs: number,
  look: () => Promise<Witness>,
  clock: Pick<Clock, 'monotonicMs' | 'sleep'>,
): Promise<Witness> {
  const startedMs = clock.monotonicMs()
  for (;;) {
    const witness = await look()
    if (witness.seen || clock.monotonicMs() - startedMs >= withinMs) return witness
    await clock.sleep(lookEveryMs)
  }
}
