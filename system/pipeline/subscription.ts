import type { ExitReason } from '../runtime/index.ts'
import { type Demand, type DemandOptions, InvalidSubscription, readDemand } from './demand.ts'
import type { DispatchOptions, Subscriber } from './dispatchers/dispatcher.ts'
import type { Stage } from './stage.ts'

/** permanent: any end of the subscription ends the consumer too; transient: only a failure does; temporary: none. */
export type CancelMode = 'permanent' | 'transient' | 'temporary'
const cancelModes: readonly string[] = ['permanent', 'transient', 'temporary'] satisfies CancelMode[]

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

type Terms = Pick<Subscription, 'demand' | 'cancel'>

/** Replaces an older subscription, which ends with the reason. */
export interface Replacement {
  subscription: Subscription
  reason: ExitReason
}

/** Throws InvalidSubscription for a demand or a mode that does not exist. */
export function readTerms(options: SubscribeOptions): Terms {
  const { cancel = 'permanent' } = options
  if (!cancelModes.includes(cancel))
    throw new InvalidSubscription(`cancel is "${cancel}": expected one of ${cancelModes.join(', ')}`)
  return { demand: readDemand(options), cancel }
}
