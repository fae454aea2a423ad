import { createClaims, createPending } from './claims.ts'
import type { Dispatcher, Subscriber } from './dispatcher.ts'

export interface DemandDispatcherOptions {
  /** The largest single ask that is expected; without it, the first one seen. A larger one only causes a warning. */
  demandMax?: number
}

/** Each item goes to one consumer: to the one with the largest outstanding demand, first come first served on a tie (PM-63). */
export function demandDispatcher<S extends Subscriber, T>(options: DemandDispatcherOptions = {}): Dispatcher<S, T> {
  const claims = createClaims<S>()
  const pending = createPending()
  let expected = options.demandMax

  return {
    subscribe(subscriber) {
      claims.add(subscriber)
      return { demand: 0 }
    },
    cancel(subscriber) {
      pending.add(claims.remove(subscriber))
      return { demand: 0 }
    },
    ask(subscriber, count) {
      expected ??= count
      claims.ask(subscriber, count)
      const warning = count > expected ? { warning: { from: subscriber, expected, got: count } } : {}
      return { asked: count, demand: pending.reduce(count), ...warning }
    },
    dispatch(items) {
      let used = 0
      const deliveries = claims.serve((count) => {
        const taken = items.slice(used, used + count)
        used += taken.length
        return taken
      })
      pending.answered(items.length - used)
      return { deliveries, rest: items.slice(used) }
    },
  }
}
