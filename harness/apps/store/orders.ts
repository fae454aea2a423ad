import type { History } from '../../history/history.ts'
import type { HistoryEvent } from '../../history/operation.ts'

interface Requested {
  shopper: string
  key?: string
  itemIds?: readonly number[]
}

const itemsOf = ({ itemIds = [] }: Requested) => [...itemIds].sort((a, b) => a - b).join()
const orderOf = ({ shopper, key }: Requested) => `${shopper}\n${key}`

/**
 * All attempts with one key are one order: that of the attempt that created it. The returned function tells whether it is uncertain if a
 * purchase got the requested items, because another attempt with its key requested other items and may have created the order (CT-58).
 */
export function otherOrders(history: History): (purchase: HistoryEvent) => boolean {
  const asked = new Map<string, Set<string>>()
  for (const event of history.of('invoke', 'purchase')) {
    const request = event.value as Requested
    if (history.endOf(event)?.type === 'failed') continue
    const known = asked.get(orderOf(request))
    if (known) known.add(itemsOf(request))
    else asked.set(orderOf(request), new Set([itemsOf(request)]))
  }
  return ({ value }) => {
    const own = value as Requested
    if (own.key === undefined) return false
    const wishes = asked.get(orderOf(own))
    return wishes !== undefined && wishes.size > (wishes.has(itemsOf(own)) ? 1 : 0)
  }
}
