import type { History } from '../../../harness/history/history.ts'
import type { HistoryEvent } from '../../../harness/history/operation.ts'

interface Requested {
  shopper: string
  key?: string
  itemIds?: readonly number[]
}

const itemsOf = ({ itemIds = [] }: Requested) => [...itemIds].sort((a, b) => a - b).join()

/**
 * All attempts with one key are one order, that of the attempt that made it. Whether this purchase got what it asked for nobody knows
 * when another attempt with its key asked for something else and may have been the one (CT-58).
 */
export function mayBeAnotherOrder(history: History, purchase: HistoryEvent): boolean {
  const own = purchase.value as Requested
  if (own.key === undefined) return false
  return history.of('invoke', 'purchase').some((event) => {
    const other = event.value as Requested
    const isSameOrder = other.shopper === own.shopper && other.key === own.key
    return isSameOrder && itemsOf(other) !== itemsOf(own) && history.endOf(event)?.type !== 'failed'
  })
}
