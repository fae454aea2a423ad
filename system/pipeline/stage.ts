import { ActorExited, type ActorSelf, describeExit, type ExitReason, type Runtime } from '../runtime/index.ts'
import { createBuffer } from './buffer.ts'
import { type ConsumerSide, createConsumerSide } from './consumer-side.ts'
import type { CancelKind, Replacement, Stage, StageMessage, SubscribeOptions, Subscription } from './contract.ts'
import { InvalidSubscription } from './demand.ts'
import { demandDispatcher } from './dispatchers/demand-dispatcher.ts'
import { createInbound } from './inbound.ts'
import { createProducerSide, type ProducerSide } from './producer-side.ts'
import type { ConsumerSpec, ProducerConsumerSpec, ProducerSpec, StageSpec } from './stage-spec.ts'
import { readTerms } from './subscription.ts'

const stages = new WeakMap<object, Stage>()

/** The stage that is registered under this name now. */
export function stageNamed(runtime: Runtime, name: string): Stage | undefined {
  const actor = runtime.registry.whereis(name)
  return actor && stages.get(actor)
}

/**
 * Starts a stage: an actor that produces, consumes, or both (PM-29). Throws InvalidSubscription or RangeError for options that cannot
 * be, and ActorExited when it needs a producer that is not running.
 */
export function startStage<In, Out>(runtime: Runtime, spec: StageSpec<In, Out>): Stage<Out> {
  const stageName = spec.name ?? spec.kind
  const { log } = runtime
  let self: ActorSelf<StageMessage> | undefined
  let ending = false
  function exit(reason: ExitReason) {
    if (!self) throw new ActorExited(`${stageName} cannot start: ${describeExit(reason)}`, reason)
    ending = true
    self.exit(reason)
  }
  const send = (kind: string, run: () => unknown) => actor.send({ kind, run })
  const call = <T>(kind: string, run: () => T | Promise<T>) => actor.call<T>({ kind, run })

  const emits = spec.kind !== 'consumer'
  const consumes = spec.kind !== 'producer'
  const produced: ProducerSide<Out> | undefined = emits ? createProduced(spec) : undefined
  const consumed: ConsumerSide<In> | undefined = consumes ? createConsumed(spec) : undefined
  const inbound =
    spec.kind === 'producer_consumer'
      ? createInbound<In, Out>({ spec, produced: produced!, consumed: consumed!, isEnding: () => ending })
      : undefined

  function createProduced(emitting: ProducerSpec<Out> | ProducerConsumerSpec<In, Out>): ProducerSide<Out> {
    const { kind, buffer = {}, dispatcher = () => demandDispatcher<Subscription, Out>() } = emitting
    const sizeMax = kind === 'producer_consumer' ? Number.POSITIVE_INFINITY : undefined
    return createProducerSide<Out>({
      stageName,
      log,
      buffer: createBuffer({ ...(sizeMax && { sizeMax }), ...buffer }),
      dispatcher: dispatcher(),
      demandMode: kind === 'producer' ? (emitting.demandMode ?? 'forward') : 'forward',
      onDemand: (demand, asked) =>
        kind === 'producer' ? answerDemand(emitting, demand, asked) : inbound!.demanded(demand, asked),
      onCancel: (subscription, how, reason) => spec.onCancel?.(subscription, how, reason),
      onDiscard: (count) => emitting.onDiscard?.(count),
      later: send,
    })
  }

  function createConsumed(consuming: ConsumerSpec<In> | ProducerConsumerSpec<In, Out>): ConsumerSide<In> {
    return createConsumerSide<In>({
      stageName,
      log,
      onSubscribe: (subscription) => consuming.onSubscribe?.(subscription) ?? 'automatic',
      onCancel: (subscription, kind, reason) => afterItems(() => consumerCancelled(subscription, kind, reason)),
      handleBatch: (items, subscription) =>
        inbound ? inbound.handleBatch(items, subscription) : consuming.handleItems(items, subscription!),
      exit,
      later: send,
    })
  }

  function answerDemand({ handleDemand }: ProducerSpec<Out>, demand: number, asked: number) {
    const served = asked - produced!.serveFromBuffer(asked, emit)
    const left = demand - served
    if (left > 0) produced!.orHold(() => produced!.dispatch(handleDemand?.(left) ?? []))
  }

  function consumerCancelled(subscription: Subscription, kind: CancelKind, reason: ExitReason) {
    spec.onCancel?.(subscription, kind, reason)
    consumed!.followProducer(subscription, reason)
  }

  /** A middle stage first works off what it has received. */
  const afterItems = (run: () => void) => (inbound ? inbound.afterItems(run) : run())

  function takeIn(subscription: Subscription, items: In[]): unknown {
    const unknown: ExitReason = { kind: 'exit', why: 'unknown_subscription' }
    if (!consumed?.has(subscription)) return subscription.producer?.cancel(subscription, unknown)
    return inbound ? inbound.receive(subscription, items) : consumed.receive(subscription, items)
  }

  const emit = (items: readonly Out[]) =>
    inbound ? inbound.dispatch(items) : void produced?.orHold(() => produced.dispatch(items))

  function resolve(to: Stage | string): Stage | undefined {
    return typeof to === 'string' ? stageNamed(runtime, to) : to
  }

  function begin(to: Stage | string, options: SubscribeOptions = {}, replaces?: Replacement): Subscription {
    const subscription = { producer: resolve(to), consumer: stage, options, ...readTerms(options) }
    consumed!.subscribe(subscription, replaces)
    return subscription
  }

  /** A refused subscription is the mistake of who asks for it: the stage lives on. */
  async function subscribe(
    to: Stage | string,
    options: SubscribeOptions,
    replaces?: Replacement,
  ): Promise<Subscription> {
    const result = await call('subscribe', () => attempt(() => begin(to, options, replaces)))
    if (!(result instanceof InvalidSubscription)) return result
    log.error({ event: 'invalid_subscribe_option', stage: stageName, err: result }, 'a subscription is not valid')
    throw result
  }

  /** All that can be wrong at the start is found before there is an actor. */
  function checkProducers(wanted: NonNullable<ConsumerSpec<In>['subscribeTo']>) {
    for (const { to, options = {} } of wanted) {
      const { cancel } = readTerms(options)
      if (cancel !== 'temporary' && !resolve(to)?.alive) consumed!.endWithoutProducer()
    }
  }

  const producers = spec.kind === 'producer' ? [] : (spec.subscribeTo ?? [])
  checkProducers(producers)
  const actor = runtime.spawn<StageMessage>({
    ...(spec.name !== undefined && { name: spec.name }),
    role: spec.role ?? spec.kind,
    takesTurns: true,
    inspect: () => ({ kind: spec.kind, buffered: produced?.buffered() ?? 0 }),
    ...(spec.trapsExits && { trapsExits: true }),
    ...(spec.parent && { parent: spec.parent }),
    ...(spec.beforeExit && { beforeExit: spec.beforeExit }),
    handleExit: (signal) => spec.handleExit?.(signal),
    handle(message, current) {
      self = current
      return message.run()
    },
  })

  const stage: Stage<Out> = {
    id: actor.id,
    name: spec.name,
    actor,
    get alive() {
      return actor.alive
    },
    subscribe: (to, options = {}) => subscribe(to, options),
    resubscribe: (older, reason, options = {}) => subscribe(older.producer!, options, { subscription: older, reason }),
    push: (items) => send('push', () => emit(items)),
    emit: (items) => call('emit', () => emit(items)),
    perform: (kind, work) => send(kind, () => emit(work())),
    run: send,
    call,
    end: exit,
    buffered: () => call('buffered', () => produced?.buffered() ?? 0),
    demandMode: () => call('demand mode', () => produced?.demandMode() ?? 'forward'),
    setDemandMode: (mode) =>
      call('demand mode', () => {
        for (const run of produced?.setDemandMode(mode) ?? []) run()
      }),
    addConsumer: (subscription, replaces) => send('subscribe', () => produced?.subscribe(subscription, replaces)),
    ask: (subscription, count) => count > 0 && send('ask', () => produced?.ask(subscription, count)),
    cancel: (subscription, reason) => send('cancel', () => produced?.cancel(subscription, 'cancel', reason)),
    receive: (subscription, items) => send('items', () => takeIn(subscription, items as unknown as In[])),
    cancelled: (subscription, kind, reason) => send('cancelled', () => consumed?.cancelled(subscription, kind, reason)),
    stop: (reason) => actor.requestStop(reason),
    signal: (reason, from) => actor.signal(reason, from),
    kill: () => actor.kill(),
    onExit: (listener) => actor.onExit(listener),
  }
  stages.set(actor, stage)
  if (spec.kind !== 'consumer') actor.onExit(() => spec.onEnd?.(produced!.buffered()))
  spec.init?.(stage)
  for (const { to, options } of producers) begin(to, options)
  return stage
}

function attempt<T>(run: () => T): T | InvalidSubscription {
  try {
    return run()
  } catch (error) {
    if (error instanceof InvalidSubscription) return error
    throw error
  }
}
