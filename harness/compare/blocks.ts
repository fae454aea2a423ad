import type { Random } from '../platform/random.ts'

/** Returns an order of these runs for each block, every order equally likely: a drift of the machine then hits no arm more than another. Pure but for the draws. */
export const drawBlocks = <T>(runs: readonly T[], count: number, random: Pick<Random, 'integer'>): T[][] =>
  Array.from({ length: count }, () => shuffled(runs, random))

function shuffled<T>(list: readonly T[], random: Pick<Random, 'integer'>): T[] {
  const order = [...list]
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = random.integer(0, last)
    ;[order[last], order[other]] = [order[other]!, order[last]!]
  }
  return order
}
