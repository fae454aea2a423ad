import type { History } from '../../../history/history.ts'
import { leadingCount } from '../../../history/sorted.ts'
import { type Checker, count, passed, unknown, type Verdict, violated } from '../../../verdict/checker.ts'
import { otherOrders } from '../orders.ts'
import { type FinalStock, itemsOf } from './stock.ts'

interface Attempt {
  from: number
  /** Infinite when the outcome is unknown: the purchase may take effect at any later time, or never. */
  to: number
  itemIds: readonly number[]
  end: 'ok' | 'failed' | 'unsure'
}

/**
 * Purchases are linearizable. Stock only decreases, so the order can be found without a search: if anyone was told "sold out", there is
 * a moment at which the last unit was sold. Every successful purchase must have been requested before it, every refusal must have been
 * returned after it, and enough units must have been sold by then (ST-11, ST-19, CT-55, DF-67, DF-68). One step is one item of one
 * purchase; a history that needs more than `stepsAtMost` is unknown.
 */
export const purchasesLinearizableWithin = (stepsAtMost: number): Checker => ({
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
    try {
      return inOneOrder(itemsOf(stock.value), attempts, stepBudget(stepsAtMost))
    } catch (error) {
      if (!(error instanceof BudgetSpent)) throw error
      return unknown(
        `gave up after ${stepsAtMost} steps: an order of ${count(attempts.length, 'purchase')} was neither found nor excluded`,
      )
    }
  },
})

/** Ten million steps take a few seconds. */
export const purchasesLinearizable = purchasesLinearizableWithin(10_000_000)

function inOneOrder(items: ReturnType<typeof itemsOf>, attempts: readonly Attempt[], spend: () => void): Verdict {
  const takers = takersByItem(attempts, spend)
  for (const { id, initialCount } of items) {
    const sold = takers.get(id)?.okCount ?? 0
    if (sold > initialCount)
      return violated(`not in order: item ${id} was sold ${sold} times, and there were ${initialCount}`, { id })
  }
  const initialCounts = new Map(items.map(({ id, initialCount }) => [id, initialCount]))
  const mayBeRefused = (refusal: Attempt) =>
    refusal.itemIds.some((id) => {
      spend()
      const initialCount = initialCounts.get(id)
      return initialCount !== undefined && wasGone(initialCount, refusal, takers.get(id))
    })
  const wronged = attempts.find((one) => one.end === 'failed' && one.itemIds.length > 0 && !mayBeRefused(one))
  if (wronged)
    return violated(`refused with stock: a purchase of ${wronged.itemIds.join(', ')} was refused though it was there`, {
      wronged,
    })
  return passed(`${count(attempts.length, 'purchase')} fit into one order`)
}

/** Purchases that got, or may have got, a unit of one item. */
interface Takers {
  okCount: number
  /** When the last purchase that certainly got a unit was requested. */
  latestOkFrom: number
  /** Request times of all of them, ascending. */
  from: number[]
}

function takersByItem(attempts: readonly Attempt[], spend: () => void): ReadonlyMap<number, Takers> {
  const takers = new Map<number, Takers>()
  for (const { end, from, itemIds } of attempts) {
    if (end === 'failed') continue
    for (const id of new Set(itemIds)) {
      spend()
      const own = takers.get(id) ?? { okCount: 0, latestOkFrom: Number.NEGATIVE_INFINITY, from: [] }
      takers.set(id, own)
      own.from.push(from)
      if (end !== 'ok') continue
      own.okCount += 1
      own.latestOkFrom = from
    }
  }
  return takers
}

/** Returns whether the last unit can have been sold before this refusal and after every successful purchase had been requested. */
function wasGone(initialCount: number, refusal: Attempt, takers: Takers | undefined): boolean {
  if (!takers) return initialCount <= 0
  const before = leadingCount(takers.from, (from) => from < refusal.to)
  return takers.latestOkFrom < refusal.to && before >= initialCount
}

/** Returns a function that counts the steps and throws when the budget is exceeded. */
function stepBudget(stepsAtMost: number): () => void {
  let steps = 0
  return () => {
    steps += 1
    if (steps > stepsAtMost) throw new BudgetSpent()
  }
}

class BudgetSpent extends Error {}

function attemptsOf(history: History): Attempt[] {
  const seen = new Set<string>()
  const mayBeAnotherOrder = otherOrders(history)
  return history.of('invoke').flatMap((event) => {
    const { itemId, itemIds, shopper, key } = (event.value ?? {}) as Record<string, unknown>
    if (event.operation !== 'sell' && event.operation !== 'purchase') return []
    const end = history.endOf(event)
    const isOpen = end?.type === 'ok' && mayBeAnotherOrder(event)
    const kind = (isOpen ? 'unsure' : (end?.type ?? 'unsure')) as Attempt['end']
    const wanted = event.operation === 'sell' ? [itemId as number] : ((itemIds ?? []) as number[])
    const attempt = {
      from: event.index,
      to: kind === 'unsure' ? Number.POSITIVE_INFINITY : end!.index,
      itemIds: wanted,
      end: kind,
    }
    // A repeated order sells once, whatever happened to its first attempt.
    const name = key === undefined ? undefined : `${shopper} ${key} ${wanted.join()}`
    if (name !== undefined && kind !== 'failed' && seen.has(name)) return []
    if (name !== undefined && kind !== 'failed') seen.add(name)
    return [attempt]
  })
}
