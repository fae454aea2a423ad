import type { Cluster } from '../cluster.ts'

export interface Witness {
  seen: boolean
  why: string
}

/** A fault of a simulated cluster; the witnesses look from outside its own code path, as those of a live one do. */
export interface SimulatedFault {
  inject(): void | Promise<void>
  witnessOn(): Promise<Witness>
  heal(): void | Promise<void>
  witnessOff(): Promise<Witness>
}

export type FaultOptions = Readonly<Record<string, unknown>>
export type FaultFactory = (cluster: Cluster, target: string, options: FaultOptions) => SimulatedFault

const lookEveryMs = 50
/** How long a witness waits for an answer. */
export const probeWithinMs = 500
export const backWithinMs = 20_000

/** Looks until it is seen, or until the time is over. */
export async function within(
  { clock }: Cluster,
  withinMs: number,
  look: () => Promise<Witness> | Witness,
): Promise<Witness> {
  const deadlineMs = clock.monotonicMs() + withinMs
  for (;;) {
    const witness = await look()
    if (witness.seen || clock.monotonicMs() >= deadlineMs) return witness
    await clock.sleep(lookEveryMs)
  }
}

export const said = (seen: boolean, why: string): Witness => ({ seen, why })
