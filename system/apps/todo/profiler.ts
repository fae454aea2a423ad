import type { Clock } from '../../platform/clock.ts'

interface Profile {
  clock: Clock
  /** So many at once, each with so many operations, one after the other. */
  clients: number
  operations: number
  /** The number of the operation among those of its client is its only argument. */
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

/** As the text prints it: one line, and an empty one. */
export const profileText = (perSecond: number): string => `${perSecond} reqs/sec\n\n`
