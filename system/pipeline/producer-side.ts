import type { Log } from '../platform/log.ts'
import type { ExitReason } from '../runtime/index.ts'
import type { Buffer } from './buffer.ts'
import type { CancelKind, DemandMode, Replacement, Subscription } from './contract.ts'
import type { Dispatcher, Effects } from './dispatchers/dispatcher.ts'

interface ProducerSideParts<T> {
  stageName: string
  log: Log
  buffer: Buffer<T>
  dispatcher: Dispatcher<Subscription, T>
  demandMode: DemandMode
  /** New demand: the buffer may answer `asked` of it, and the source what is then left of `demand`. */
  onDemand(demand: number, asked: number): unknown
  onCancel(subscription: Subscription, kind: CancelKind, reason: ExitReason): void
  /** The buffer was full. */
  onDiscard(count: number): void
  /** Runs a message of this stage later, as if a consumer had sent it. */
  later(kind: string, run: () => unknown): void
}

/** What a stage does for its consumers. Every function is called from the stage's own messages. */
export function createProducerSide<T>(parts: ProducerSideParts<T>) {
  const { stageName, log, buffer, dispatcher, onDemand, onCancel, onDiscard, later } = parts
  /** Each with what forgets the watch on its consumer. */
  const consumers = new Map<Subscription, () => void>()
  let held: (() => unknown)[] | undefined = parts.demandMode === 'accumulate' ? [] : undefined

  /** In accumulate mode, demand and items wait in the order in which they came. */
  const orHold = (run: () => unknown): unknown => (held ? void held.push(run) : run())

  function subscribe(subscription: Subscription, replaces?: Replacement) {
    if (replaces) cancel(replaces.subscription, 'cancel', replaces.reason)
    const { actor } = subscription.consumer
    const forget = actor.onExit((reason) => later('consumer down', () => cancel(subscription, 'down', reason)))
    consumers.set(subscription, forget)
    const effects = dispatcher.subscribe(subscription, subscription.options)
    if (!('refused' in effects)) return apply(effects)
    log.error(
      { event: effects.refused, stage: stageName },
      'a subscription was refused: the consumer is subscribed already',
    )
    return cancel(subscription, 'cancel', { kind: 'exit', why: effects.refused })
  }

  function ask(subscription: Subscription, count: number) {
    if (consumers.has(subscription)) return apply(dispatcher.ask(subscription, count))
    subscription.consumer.cancelled(subscription, 'cancel', { kind: 'exit', why: 'unknown_subscription' })
  }

  function cancel(subscription: Subscription, kind: CancelKind, reason: ExitReason) {
    const forget = consumers.get(subscription)
    if (!forget) return
    forget()
    consumers.delete(subscription)
    onCancel(subscription, kind, reason)
    if (kind === 'cancel') subscription.consumer.cancelled(subscription, kind, reason)
    return apply(dispatcher.cancel(subscription))
  }

  function apply({ demand, asked = demand, deliveries = [], warning }: Effects<Subscription, T>) {
    if (warning) warn(warning)
    deliver(deliveries)
    return onDemand(demand, asked)
  }

  function warn({ from, expected, got }: { from: Subscription; expected: number; got: number }) {
    log.warn(
      { event: 'demand_above_first_seen_maximum', stage: stageName, consumer: from.consumer.name, expected, got },
      'a consumer asks for more at once than expected: different demands favour the greedy consumer',
    )
  }

  function deliver(deliveries: { to: Subscription; items: T[] }[]) {
    for (const { to, items } of deliveries) to.consumer.receive(to, items)
  }

  /** Gives items to those who asked, and keeps the others. Returns how many were given away. */
  function dispatch(items: readonly T[]): number {
    if (items.length === 0) return 0
    const { deliveries, rest, asks = [], undeliverable = [] } = dispatcher.dispatch(items)
    deliver(deliveries)
    for (const { from, count } of asks) later('ask', () => ask(from, count))
    if (undeliverable.length > 0)
      log.error(
        { event: 'unknown_partition', stage: stageName, count: undeliverable.length },
        'items of unknown partitions were dropped',
      )
    if (rest.length > 0) keep(rest)
    return items.length - rest.length
  }

  function keep(items: readonly T[]) {
    const discarded = buffer.store(items)
    if (discarded === 0) return
    onDiscard(discarded)
    log.warn(
      { event: 'buffer_discarded', stage: stageName, count: discarded },
      'the buffer is full: items were discarded',
    )
  }

  /** Serves demand from the buffer and returns what is left of it. */
  function serveFromBuffer(demand: number, deal: (items: T[]) => unknown): number {
    let left = demand
    while (left > 0) {
      const items = buffer.take(left)
      if (items.length === 0) return left
      deal(items)
      left -= items.length
    }
    return left
  }

  return {
    subscribe,
    ask,
    cancel,
    dispatch,
    serveFromBuffer,
    orHold,
    buffered: () => buffer.size,
    demandMode: (): DemandMode => (held ? 'accumulate' : 'forward'),
    /** Returns what was held back, to be run in order. */
    setDemandMode(mode: DemandMode): (() => unknown)[] {
      const released = mode === 'forward' ? (held ?? []) : []
      held = mode === 'forward' ? undefined : (held ?? [])
      return released
    },
  }
}

export type ProducerSide<T> = ReturnType<typeof createProducerSide<T>>
