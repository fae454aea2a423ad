import type { ActorSpec, ExitReason, ExitSignal } from '../runtime/index.ts'
import type { BufferOptions } from './buffer.ts'
import type { CancelKind, DemandMode, Stage, SubscribeOptions, Subscription, SubscriptionMode } from './contract.ts'
import type { Dispatcher } from './dispatchers/dispatcher.ts'

type Maybe<T> = T | Promise<T>

/** What all stages have in common. Handlers run one at a time, each in the stage's turn. */
interface CommonSpec {
  name?: string
  role?: string
  init?(stage: Stage): void
  onCancel?(subscription: Subscription, kind: CancelKind, reason: ExitReason): void
  /** Set these for a stage that supervises others. */
  trapsExits?: boolean
  handleExit?(signal: ExitSignal): unknown
  beforeExit?(reason: ExitReason): void | Promise<void>
  parent?: ActorSpec<never>['parent']
}

interface EmittingSpec<Out> extends CommonSpec {
  buffer?: BufferOptions
  /** The buffer was full, and `count` items were discarded. */
  onDiscard?(count: number): void
  /** The stage has ended, in whatever way, with this many items in its buffer that nobody had asked for. */
  onEnd?(bufferedCount: number): void
  dispatcher?: () => Dispatcher<Subscription, Out>
}

interface ConsumingSpec extends CommonSpec {
  /** Subscribed to at the start; a name is looked up in the registry. */
  subscribeTo?: readonly { to: Stage | string; options?: SubscribeOptions }[]
  onSubscribe?(subscription: Subscription): SubscriptionMode
}

export interface ProducerSpec<Out> extends EmittingSpec<Out> {
  kind: 'producer'
  /** Returns items for this demand; none if they come later, by `emit` or `push`. */
  handleDemand?(count: number): readonly Out[]
  demandMode?: DemandMode
}

export interface ConsumerSpec<In> extends ConsumingSpec {
  kind: 'consumer'
  handleItems(items: In[], subscription: Subscription): Maybe<void>
}

export interface ProducerConsumerSpec<In, Out> extends EmittingSpec<Out>, ConsumingSpec {
  kind: 'producer_consumer'
  /** Without a subscription when it has ended since the items came. */
  handleItems(items: In[], subscription: Subscription | undefined): Maybe<readonly Out[]>
}

// biome-ignore lint/suspicious/noExplicitAny: a stage meets stages with items of any kind
export type StageSpec<In = any, Out = any> = ProducerSpec<Out> | ConsumerSpec<In> | ProducerConsumerSpec<In, Out>
