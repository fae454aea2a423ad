import { Fifo } from '../../platform/fifo.ts'
import { createClaims, createPending } from './claims.ts'
import type { Dispatcher, Subscriber } from './dispatcher.ts'

export interface FairDispatcherOptions<T> {
  /** Whose item it is, such as the id of its user. */
  ownerOf: (item: T) => unknown
  /** How many items may wait here; the others wait in the producer's buffer, first in first out. */
  queuedMax?: number
}

/**
 * Owners take turns, so that one with ten thousand items delays the single item of another by no more than one item (PM-60). The items of
 * one owner keep their order.
 */
export function fairDispatcher<S extends Subscriber, T>({
  ownerOf,
  queuedMax = 10_000,
}: FairDispatcherOptions<T>): Dispatcher<S, T> {
  const claims = createClaims<S>()
  const pending = createPending()
  /** In the order of their turns. */
  const queues = new Map<unknown, Fifo<T>>()
  let queued = 0

  function enqueue(item: T) {
    const owner = ownerOf(item)
    const queue = queues.get(owner) ?? new Fifo<T>()
    queue.push(item)
    queues.set(owner, queue)
    queued += 1
  }

  function takeNext(): T {
    const [owner, queue] = queues.entries().next().value!
    const item = queue.shift()!
    queues.delete(owner)
    if (queue.length > 0) queues.set(owner, queue)
    queued -= 1
    return item
  }

  const take = (count: number) => Array.from({ length: Math.min(count, queued) }, takeNext)

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
      claims.ask(subscriber, count)
      const deliveries = claims.serve(take)
      const served = deliveries.reduce((sum, { items }) => sum + items.length, 0)
      return { demand: Math.max(0, pending.reduce(count) - served), asked: count, deliveries }
    },
    dispatch(items) {
      const room = Math.max(0, queuedMax - queued)
      for (const item of items.slice(0, room)) enqueue(item)
      return { deliveries: claims.serve(take), rest: items.slice(room) }
    },
  }
}
