import type { CancelMode, SubscribeOptions, Subscription } from './contract.ts'
import { InvalidSubscription, readDemand } from './demand.ts'

const cancelModes: readonly string[] = ['permanent', 'transient', 'temporary'] satisfies CancelMode[]

type Terms = Pick<Subscription, 'demand' | 'cancel'>

/** Throws InvalidSubscription for a demand or a mode that does not exist. */
export function readTerms(options: SubscribeOptions): Terms {
  const { cancel = 'permanent' } = options
  if (!cancelModes.includes(cancel))
    throw new InvalidSubscription(`cancel is "${cancel}": expected one of ${cancelModes.join(', ')}`)
  return { demand: readDemand(options), cancel }
}
