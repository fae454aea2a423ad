import { awakeTimeOf } from '../platform/awake.ts'
import type { Clock } from '../platform/clock.ts'

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

export const seen = (why: string): Witness => ({ seen: true, why })
export const unseen = (why: string): Witness => ({ seen: false, why })

const lookEveryMs = 100

/** Looks until it is seen or the time is over, in which this process was awake; returns the last look. */
export async function witnessWithin(
  withinMs: number,
  look: () => Promise<Witness>,
  clock: Pick<Clock, 'monotonicMs' | 'sleep'>,
): Promise<Witness> {
  const awake = awakeTimeOf(clock)
  const startedMs = awake()
  for (;;) {
    const witness = await look()
    if (witness.seen || awake() - startedMs >= withinMs) return witness
    await clock.sleep(lookEveryMs)
  }
}
