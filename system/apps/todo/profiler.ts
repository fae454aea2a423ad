import type { Clock } from '../../platform/clock.ts'

interface Profile {
  clock: Clock
  /** How many run at once, each with its operations one after the other. */
  clients: number
  /** Of each client. */
  operations: number
  /** `index` counts the operations of a client; every client begins at another number. */
  run(index: number): unknown
}

/** Operations a second over all clients, rounded (RT-26). */
export async function runProfile({ clock, clients, operations, run }: Profile): Promise<number> {
  async function client(first: number) {
    for (let index = 0; index < operations; index += 1) await run(first + index)
  }
  const startedMs = clock.monotonicMs()
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)))
  return Math.round((clients * operations * 1_000) / (clock.monotonicMs() - startedMs))
}

/** The rate as it is printed: one line, and an empty one. */
export const profileText = (perSecond: number): string => `${perSecond} reqs/sec\n\n`
