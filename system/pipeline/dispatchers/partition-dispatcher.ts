import { Fifo } from '../../platform/fifo.ts'
import { createPending } from './claims.ts'
import { type Delivery, type Dispatcher, PartitionError, type Subscriber } from './dispatcher.ts'

type Key = number | string

export interface PartitionDispatcherOptions<T> {
  /** A number n stands for the partitions 0 to n − 1. */
  partitions: number | readonly Key[]
  /** The partition of an item; `undefined` drops the item. */
  hash: (item: T) => Key | undefined
}

interface Partition<S, T> {
  subscriber: S | undefined
  demand: number
  queue: Fifo<T>
}

/**
 * An item goes to the one consumer of its partition. All demand together is one sum towards the producer, so that items of a slow
 * partition, or of one without a consumer, wait here.
 */
export function partitionDispatcher<S extends Subscriber, T>({
  partitions: wanted,
  hash,
}: PartitionDispatcherOptions<T>): Dispatcher<S, T> {
  const keys = typeof wanted === 'number' ? Array.from({ length: wanted }, (_, key) => key) : wanted
  const free = (): Partition<S, T> => ({ subscriber: undefined, demand: 0, queue: new Fifo() })
  const partitions = new Map<Key, Partition<S, T>>(keys.map((key) => [key, free()]))
  const pending = createPending()
  /** Asked of the producer and not yet dispatched. */
  let waiting = 0

  function freePartition(key: Key | undefined): Partition<S, T> {
    if (key === undefined) throw new PartitionError('the subscription names no partition; say which one it takes')
    const partition = partitions.get(key)
    if (!partition) throw new PartitionError(`there is no partition ${key}; there are ${keys.join(', ')}`)
    if (partition.subscriber) throw new PartitionError(`partition ${key} is taken; cancel its subscription first`)
    return partition
  }

  const ownedBy = (subscriber: S) => [...partitions].find(([, partition]) => partition.subscriber === subscriber)

  /** Sends what waits in the partition, as far as it is asked for. */
  function flush(partition: Partition<S, T>): Delivery<S, T>[] {
    const items = partition.subscriber ? partition.queue.take(partition.demand) : []
    partition.demand -= items.length
    return items.length > 0 ? [{ to: partition.subscriber!, items }] : []
  }

  /** Puts items into their partitions while there is demand; an item that the hash drops answers none. Returns those left over. */
  function place(items: readonly T[], undeliverable: T[]): T[] {
    for (const [index, item] of items.entries()) {
      if (waiting === 0) return items.slice(index)
      const key = hash(item)
      if (key === undefined) continue
      waiting -= 1
      const partition = partitions.get(key)
      if (partition) partition.queue.push(item)
      else undeliverable.push(item)
    }
    return []
  }

  return {
    subscribe(subscriber, { partition }) {
      freePartition(partition).subscriber = subscriber
      return { demand: 0 }
    },
    cancel(subscriber) {
      const [key, partition] = ownedBy(subscriber) ?? []
      if (key === undefined || !partition) return { demand: 0 }
      partitions.set(key, free())
      pending.add(partition.demand)
      waiting += partition.queue.length
      return { demand: partition.queue.length }
    },
    ask(subscriber, count) {
      const [, partition] = ownedBy(subscriber) ?? []
      if (!partition) return { demand: 0 }
      partition.demand += count
      const demand = pending.reduce(count)
      waiting += demand
      return { demand, deliveries: flush(partition) }
    },
    dispatch(items) {
      const undeliverable: T[] = []
      const rest = place(items, undeliverable)
      const deliveries = [...partitions.values()].flatMap(flush)
      return { deliveries, rest, ...(undeliverable.length > 0 && { undeliverable }) }
    },
  }
}
