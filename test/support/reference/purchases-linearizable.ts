import { type FinalStock, itemsOf } from '../../../harness/apps/store/checkers/stock.ts'
import type { History } from '../../../harness/history/history.ts'
import { type Checker, count, passed, unknown, violated } from '../../../harness/verdict/checker.ts'
import { mayBeAnotherOrder } from './orders.ts'

interface Attempt {
  from: number
  /** Infinite when nobody knows how it ended: it may have happened at any time since, or never. */
  to: number
  itemIds: readonly number[]
  end: 'ok' | 'failed' | 'unsure'
}

/**
 * Purchases behave as if they had been made one after the other. Stock only goes down, so the order can be found without a search: if
 * anybody was told "sold out", there is a moment at which the last unit went. Everybody who got one must have asked before it, everybody
 * who was refused must have been answered after it, and enough must have been sold by then (ST-11, ST-19, CT-55, DF-67, DF-68).
 */
export const purchasesLinearizable: Checker = {
  name: 'purchases-linearizable',
  invariant:
    'for every item there is an order of all purchases, within the time that each took, in which nobody is refused while there is stock',
  check(history) {
    const [stock] = history.finals<FinalStock>('database')
    if (!stock) return unknown('the final stock was not read')
    const attempts = attemptsOf(history)
    if (attempts.length === 0) return unknown('nobody tried to buy anything')
    if (history.of('invoke', 'reduce').length > 0)
      return unknown('a reducer sells what nobody can put in order; use single purchases')
    const items = itemsOf(stock.value)
    for (const { id, initialCount } of items) {
      const sold = attempts.filter(({ end, itemIds }) => end === 'ok' && itemIds.includes(id)).length
      if (sold > initialCount)
        return violated(`not in order: item ${id} was sold ${sold} times, and there were ${initialCount}`, { id })
    }
    const wronged = attempts.find(
      (one) =>
        one.end === 'failed' &&
        one.itemIds.length > 0 &&
        !items.some(({ id, initialCount }) => one.itemIds.includes(id) && wasGone(id, initialCount, one, attempts)),
    )
    if (wronged)
      return violated(
        `refused with stock: a purchase of ${wronged.itemIds.join(', ')} was refused though it was there`,
        { wronged },
      )
    return passed(`${count(attempts.length, 'purchase')} fit into one order`)
  },
}

/** Whether the last unit can have gone before this refusal was answered, and no later than anybody who got one had asked. */
function wasGone(itemId: number, initialCount: number, refusal: Attempt, attempts: readonly Attempt[]): boolean {
  const takers = attempts.filter(({ end, itemIds }) => end !== 'failed' && itemIds.includes(itemId))
  const sure = takers.filter(({ end }) => end === 'ok')
  const latestAsked = Math.max(Number.NEGATIVE_INFINITY, ...sure.map(({ from }) => from))
  const before = takers.filter(({ from }) => from < refusal.to).length
  return latestAsked < refusal.to && before >= initialCount
}

function attemptsOf(history: History): Attempt[] {
  const seen = new Set<string>()
  return history.of('invoke').flatMap((event) => {
    const { itemId, itemIds, shopper, key } = (event.value ?? {}) as Record<string, unknown>
    if (event.operation !== 'sell' && event.operation !== 'purchase') return []
    const end = history.endOf(event)
    const isOpen = end?.type === 'ok' && mayBeAnotherOrder(history, event)
    const kind = (isOpen ? 'unsure' : (end?.type ?? 'unsure')) as Attempt['end']
    const wanted = event.operation === 'sell' ? [itemId as number] : ((itemIds ?? []) as number[])
    const attempt = {
      from: event.index,
      to: kind === 'unsure' ? Number.POSITIVE_INFINITY : end!.index,
      itemIds: wanted,
      end: kind,
    }
    // A repeated order sells once, whatever became of its first attempt.
    const name = key === undefined ? undefined : `${shopper} ${key} ${wanted.join()}`
    if (name !== undefined && kind !== 'failed' && seen.has(name)) return []
    if (name !== undefined && kind !== 'failed') seen.add(name)
    return [attempt]
  })
}
