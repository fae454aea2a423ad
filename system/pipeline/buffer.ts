import { Fifo } from '../platform/fifo.ts'

/** Which items a full buffer keeps: the newest (`last`) or the oldest (`first`). */
export type Keep = 'first' | 'last'

export interface BufferOptions {
  /** At least 1; `Infinity` for no bound. */
  sizeMax?: number
  keep?: Keep
}

export interface Buffer<T> {
  readonly size: number
  /** Stores items in order and returns how many were discarded because the buffer was full. */
  store(items: readonly T[]): number
  /** Takes up to `count` of the oldest. */
  take(count: number): T[]
}

export const bufferSizeMax = 10_000

/** Items that nobody asked for yet, first in first out (PM-30). Throws when the size is below 1. */
export function createBuffer<T>({ sizeMax = bufferSizeMax, keep = 'last' }: BufferOptions = {}): Buffer<T> {
  if (!(sizeMax >= 1)) throw new RangeError(`a buffer holds at least 1 item, not ${sizeMax}; raise its size`)
  const items = new Fifo<T>()

  function storeOne(item: T): number {
    if (items.length < sizeMax) return keepOne(item, 0)
    if (keep === 'first') return 1
    items.shift()
    return keepOne(item, 1)
  }

  function keepOne(item: T, discarded: number) {
    items.push(item)
    return discarded
  }

  return {
    get size() {
      return items.length
    },
    store: (more) => more.reduce((discarded, item) => discarded + storeOne(item), 0),
    take: (count) => items.take(count),
  }
}
