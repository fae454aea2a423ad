/** How much a consumer wants of one producer (PM-33): never more than `max` in flight, asked again when `min` or fewer are left. */
export interface Demand {
  max: number
  min: number
}

export interface DemandOptions {
  max?: number | undefined
  min?: number | undefined
}

export const demandMax = 1_000

export class InvalidSubscription extends Error {
  override name = 'InvalidSubscription'
}

/** Fills in what is missing: max 1000, min half of max. Throws InvalidSubscription unless 0 <= min < max (PM-63). */
export function readDemand({ max = demandMax, min = Math.floor(max / 2) }: DemandOptions): Demand {
  if (!Number.isInteger(max) || max < 1)
    throw new InvalidSubscription(`max demand is ${max}: expected a whole number of at least 1`)
  if (!Number.isInteger(min) || min < 0 || min >= max)
    throw new InvalidSubscription(
      `min demand is ${min}: expected a whole number from 0 to ${max - 1}, below max demand`,
    )
  return { max, min }
}

export interface Batch<T> {
  items: T[]
  /** How many to ask for once the batch is handled. */
  ask: number
}

export interface Split<T> {
  batches: Batch<T>[]
  outstanding: number
  /** How many came without having been asked for. */
  excess: number
}

/**
 * Cuts what arrived into batches of at most max − min (PM-35). After a batch that leaves `min` or fewer outstanding, the consumer asks
 * for what is missing to `max`.
 */
export function splitBatches<T>(items: readonly T[], { max, min }: Demand, outstanding: number): Split<T> {
  const batches: Batch<T>[] = []
  let owed = outstanding
  let left = outstanding
  for (let first = 0; first < items.length; first += max - min) {
    const batch = items.slice(first, first + max - min)
    const counted = Math.min(batch.length, owed)
    owed -= counted
    left -= counted
    const ask = left <= min ? max - left : 0
    left += ask
    batches.push({ items: batch, ask })
  }
  return { batches, outstanding: left, excess: Math.max(0, items.length - outstanding) }
}
