import type { Log } from '../platform/log.ts'
import { causeOf, type ExitReason, isFailure } from '../runtime/index.ts'
import type { CancelKind, Replacement, Subscription, SubscriptionMode } from './contract.ts'
import { type Batch, splitBatches } from './demand.ts'
import { alreadySubscribed } from './dispatchers/broadcast-dispatcher.ts'

interface ConsumerSideParts<T> {
  stageName: string
  log: Log
  /** Decides who asks: the stage by itself, or its owner by hand. */
  onSubscribe(subscription: Subscription): SubscriptionMode
  onCancel(subscription: Subscription, kind: CancelKind, reason: ExitReason): unknown
  /** Without a subscription when it has ended since. */
  handleBatch(items: T[], subscription: Subscription | undefined): unknown
  exit(reason: ExitReason): void
  later(kind: string, run: () => unknown): void
}

interface Intake {
  mode: SubscriptionMode
  outstanding: number
  /** Forgets the watch on the producer. */
  forget(): void
}

/** What a stage does with its producers. Every function is called from the stage's own messages. */
export function createConsumerSide<T>(parts: ConsumerSideParts<T>) {
  const { stageName, log, onSubscribe, onCancel, handleBatch, exit, later } = parts
  const intakes = new Map<Subscription, Intake>()

  function subscribe(subscription: Subscription, replaces?: Replacement) {
    const { producer, cancel, demand } = subscription
    if (!producer?.alive) return cancel === 'temporary' ? undefined : endWithoutProducer()
    const forget = producer.actor.onExit((reason) =>
      later('producer down', () => cancelled(subscription, 'down', reason)),
    )
    producer.addConsumer(subscription, replaces)
    const intake: Intake = { mode: 'automatic', outstanding: demand.max, forget }
    intakes.set(subscription, intake)
    intake.mode = onSubscribe(subscription)
    if (intake.mode === 'automatic') producer.ask(subscription, demand.max)
  }

  function endWithoutProducer() {
    log.error(
      { event: 'subscribe_target_not_alive', stage: stageName },
      'cannot subscribe: the producer is not running',
    )
    exit({ kind: 'exit', why: 'noproc' })
  }

  /** Handles what arrived, batch by batch; returns a promise when a handler does. */
  function receive(subscription: Subscription, items: T[]): unknown {
    const intake = intakes.get(subscription)
    if (!intake) return handleBatch(items, undefined)
    return handleBatches(split(subscription, intake, items), subscription)
  }

  function split(subscription: Subscription, intake: Intake, items: T[]): Batch<T>[] {
    if (intake.mode === 'manual') return [{ items, ask: 0 }]
    const { batches, outstanding, excess } = splitBatches(items, subscription.demand, intake.outstanding)
    intake.outstanding = outstanding
    if (excess > 0)
      log.error({ event: 'items_in_excess', stage: stageName, count: excess }, 'received more items than asked for')
    return batches
  }

  function handleBatches(batches: Batch<T>[], subscription: Subscription, first = 0): unknown {
    for (let index = first; index < batches.length; index += 1) {
      const { items, ask } = batches[index]!
      const handled = handleBatch(items, subscription)
      const askAgain = () => ask > 0 && subscription.producer?.ask(subscription, ask)
      if (handled instanceof Promise)
        return handled.then(() => {
          askAgain()
          return handleBatches(batches, subscription, index + 1)
        })
      askAgain()
    }
  }

  function cancelled(subscription: Subscription, kind: CancelKind, reason: ExitReason): unknown {
    const intake = intakes.get(subscription)
    if (!intake) return
    intake.forget()
    intakes.delete(subscription)
    return onCancel(subscription, kind, reason)
  }

  /** Ends the consumer where its subscription says so; not for one subscription too many, as the first goes on. */
  function followProducer({ cancel }: Subscription, reason: ExitReason) {
    if (cancel === 'temporary' || (cancel === 'transient' && !isFailure(reason))) return
    if (reason.kind === 'exit' && reason.why === alreadySubscribed) return
    log.info(
      { event: 'consumer_stops_on_cancel', stage: stageName, ...causeOf(reason) },
      'the consumer stops because its subscription was cancelled',
    )
    exit(reason)
  }

  return {
    subscribe,
    receive,
    cancelled,
    followProducer,
    endWithoutProducer,
    has: (subscription: Subscription) => intakes.has(subscription),
  }
}

export type ConsumerSide<T> = ReturnType<typeof createConsumerSide<T>>
