import type { Subscriber } from './dispatcher.ts'

export interface Claim<S> {
  readonly subscriber: S
  outstanding: number
}

/** Who asked for how much, largest first; whoever reached an amount earlier stands before the others with the same (PM-63). */
export function createClaims<S extends Subscriber>() {
  const claims: Claim<S>[] = []

  function place(claim: Claim<S>) {
    const index = claims.findIndex(({ outstanding }) => claim.outstanding > outstanding)
    claims.splice(index < 0 ? claims.length : index, 0, claim)
  }

  function remove(subscriber: S): Claim<S> {
    const index = claims.findIndex((claim) => claim.subscriber === subscriber)
    return index < 0 ? { subscriber, outstanding: 0 } : claims.splice(index, 1)[0]!
  }

  return {
    add: (subscriber: S) => void claims.push({ subscriber, outstanding: 0 }),
    remove: (subscriber: S) => remove(subscriber).outstanding,
    ask(subscriber: S, count: number) {
      const claim = remove(subscriber)
      claim.outstanding += count
      place(claim)
    },
    /** Fills the largest claim completely before the next; `take` returns at most the number of items that it is asked for. */
    serve<T>(take: (count: number) => T[]): { to: S; items: T[] }[] {
      const deliveries: { to: S; items: T[] }[] = []
      for (let claim = claims[0]; claim; claim = claims[0]) {
        const items = take(claim.outstanding)
        if (items.length === 0) break
        deliveries.push({ to: claim.subscriber, items })
        claims.shift()
        claim.outstanding -= items.length
        place(claim)
      }
      return deliveries
    },
  }
}

/** Demand of consumers that are gone: the producer has heard it and will answer it, so it is asked for less the next time. */
export function createPending() {
  let pending = 0
  return {
    add(count: number) {
      pending += count
    },
    /** What of a new demand the producer has not yet been asked for. */
    reduce(count: number) {
      const already = Math.min(pending, count)
      pending -= already
      return count - already
    },
    /** That many items have come that no demand waits for. */
    answered(count: number) {
      pending = Math.max(0, pending - count)
    },
  }
}
