import type { Cluster } from '../cluster/cluster.ts'
import type { Clock } from '../platform/clock.ts'

/** What a look from outside the fault's own code path found. */
export interface Witness {
  seen: boolean
  why: string
}

export type FaultOptions = Record<string, unknown>

/** One fault in the making: four steps, each called once and in this order. */
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

/** Makes the fault for one target. Throws at once for a target or an option that makes no sense. */
export type FaultKind = (
  cluster: Cluster,
  target: string,
  options: FaultOptions,
  sleepers?: readonly Sleeper[],
) => Fault

export const seen = (why: string): Witness => ({ seen: true, why })
export const unseen = (why: string): Witness => ({ seen: false, why })

const lookEveryMs = 100

/** Looks until it is seen or the time is over; the last look is the answer. */
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

export function numberOption(options: FaultOptions, name: string, fallback?: number): number {
  const value = options[name] ?? fallback
  if (typeof value !== 'number') throw new Error(`the fault needs the option ${name}, a number; got ${String(value)}`)
  return value
}
