import type { ActorRef, AnyActorRef, ExitReason, Supervised } from '../runtime/index.ts'
import type { Demand, DemandOptions } from './demand.ts'
import type { DispatchOptions, Subscriber } from './dispatchers/dispatcher.ts'

/** permanent: any end of the subscription ends the consumer too; transient: only a failure does; temporary: none. */
export type CancelMode = 'permanent' | 'transient' | 'temporary'

// biome-ignore lint/suspicious/noExplicitAny: a selector knows the items of its own producer only
export interface SubscribeOptions<T = any> extends DemandOptions, DispatchOptions<T> {
  cancel?: CancelMode
}

/** How one side learns that a subscription ended: the other side said so, or it is gone. */
export type CancelKind = 'cancel' | 'down'

/** A consumer's claim on a producer, from the first ask to the cancellation. */
export interface Subscription extends Subscriber {
  readonly producer: Stage | undefined
  readonly consumer: Stage
  readonly options: SubscribeOptions
  readonly demand: Demand
  readonly cancel: CancelMode
}

/** Replaces an older subscription, which ends with the reason. */
export interface Replacement {
  subscription: Subscription
  reason: ExitReason
}

/** Who asks: the stage by itself, or its owner by hand. */
export type SubscriptionMode = 'automatic' | 'manual'

/** Demand reaches the producer at once, or waits until it is let through. */
export type DemandMode = 'forward' | 'accumulate'

/** A message of a stage; `kind` is for those who look at its mailbox. */
export interface StageMessage {
  kind: string
  run(): unknown
}

// biome-ignore lint/suspicious/noExplicitAny: a stage meets stages with items of any kind
export interface Stage<Out = any> extends Supervised {
  readonly id: string
  readonly name: string | undefined
  readonly actor: ActorRef<StageMessage>
  /** Ends the stage after what waits in its mailbox. */
  stop(reason?: ExitReason): Promise<void>
  kill(): void
  signal(reason: ExitReason, from?: AnyActorRef): void

  /** Resolves once the consumer side has asked. Rejects with InvalidSubscription; the stage lives on. */
  subscribe(to: Stage | string, options?: SubscribeOptions): Promise<Subscription>
  /** Ends the older subscription with the reason and begins a new one at the same producer. */
  resubscribe(older: Subscription, reason: ExitReason, options?: SubscribeOptions): Promise<Subscription>
  /** Emits items after what waits in the mailbox; returns at once (PM-31). */
  push(items: readonly Out[]): void
  /** Emits items; resolves when they are dispatched or stored. */
  emit(items: readonly Out[]): Promise<void>
  /** Runs within the stage, as one of its messages; the items that it returns are emitted. */
  perform(kind: string, work: () => readonly Out[]): void
  /** Runs within the stage, as one of its messages. */
  run(kind: string, work: () => unknown): void
  call<T>(kind: string, work: () => T | Promise<T>): Promise<T>
  /** Ends the stage after the message that it handles now. */
  end(reason: ExitReason): void
  buffered(): Promise<number>
  demandMode(): Promise<DemandMode>
  setDemandMode(mode: DemandMode): Promise<void>

  /** From stage to stage. */
  addConsumer(subscription: Subscription, replaces?: Replacement): void
  ask(subscription: Subscription, count: number): void
  cancel(subscription: Subscription, reason: ExitReason): void
  receive(subscription: Subscription, items: Out[]): void
  cancelled(subscription: Subscription, kind: CancelKind, reason: ExitReason): void
}
