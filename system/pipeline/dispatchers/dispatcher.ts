/** One consumer's claim on one producer. Dispatchers know it only by identity. */
export interface Subscriber {
  /** Equal for all subscriptions of one consumer. */
  readonly consumer: unknown
}

/** What a subscription may say to the dispatcher of its producer. */
export interface DispatchOptions<T> {
  /** Broadcast: takes only these items. */
  selector?: ((item: T) => boolean) | undefined
  /** Partition: takes this one. */
  partition?: number | string | undefined
}

export interface Delivery<S, T> {
  to: S
  items: T[]
}

export interface DemandWarning<S> {
  from: S
  expected: number
  got: number
}

/** What a change of demand leads to. */
export interface Effects<S, T> {
  /** What the producer has not been asked for yet. */
  demand: number
  /** What the buffer may answer, where that is more: demand that the producer has heard already. */
  asked?: number
  deliveries?: Delivery<S, T>[]
  warning?: DemandWarning<S>
}

export interface Dispatched<S, T> {
  deliveries: Delivery<S, T>[]
  /** Items without demand: they belong into the producer's buffer, in this order. */
  rest: T[]
  /** Demand that items did not use up because their consumer does not want them. */
  asks?: { from: S; count: number }[]
  /** Items that no consumer can ever get. */
  undeliverable?: T[]
}

/** A subscription that the dispatcher refuses is cancelled with the reason; the producer lives on. */
export interface Refusal {
  refused: string
}

/** Decides which consumer gets which item. Pure bookkeeping: it says what to send, and the stage sends it. */
export interface Dispatcher<S extends Subscriber, T> {
  /** May throw PartitionError, by which the producer fails. */
  subscribe(subscriber: S, options: DispatchOptions<T>): Effects<S, T> | Refusal
  cancel(subscriber: S): Effects<S, T>
  ask(subscriber: S, count: number): Effects<S, T>
  dispatch(items: readonly T[]): Dispatched<S, T>
}

export class PartitionError extends Error {
  override name = 'PartitionError'
}
