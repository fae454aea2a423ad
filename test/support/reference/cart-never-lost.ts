import type { CartSight } from '../../../harness/apps/store/sights.ts'
import type { History } from '../../../harness/history/history.ts'
import type { HistoryEvent } from '../../../harness/history/operation.ts'
import { type Checker, count, passed, unknown, violated } from '../../../harness/verdict/checker.ts'
import { mayBeAnotherOrder } from './orders.ts'

interface Edit {
  who: string
  puts: 'in' | 'out'
  shopper: string
  itemId: number
  from: HistoryEvent
  /** Undefined when nobody knows whether, and when, it happened. */
  to: HistoryEvent | undefined
}

/** Who can no longer hear of the others does not know what they do, and may need so long to notice that it can again. */
const healingMs = 3_000

/** What was put into a cart, and was answered, stays there until it is taken out or bought (CT-1, CT-39, CT-41, NF-3, NF-4, NF-11). */
export const cartNeverLost: Checker = {
  name: 'cart-never-lost',
  invariant: 'every answered edit of a cart that no later edit undid is there in the end, in all tabs',
  check(history) {
    const carts = history.finals<CartSight>('cart')
    if (carts.length === 0) return unknown('no cart was looked at')
    const edits = editsOf(history)
    let provenCount = 0
    for (const { who, value } of carts) {
      const own = edits.filter(({ shopper }) => shopper === value.shopper)
      for (const itemId of new Set(own.map((edit) => edit.itemId))) {
        const must = lastWord(
          history,
          own.filter((edit) => edit.itemId === itemId),
        )
        const isIn = value.items.some(({ id }) => id === itemId)
        if (must === 'in' && !isIn)
          return violated(`lost: item ${itemId} is missing in the cart of ${who}`, { who, itemId })
        if (must === 'out' && isIn)
          return violated(`back again: item ${itemId} is in the cart of ${who} though it was taken out`, {
            who,
            itemId,
          })
        if (must) provenCount += 1
      }
    }
    return provenCount === 0
      ? unknown('no edit of a cart was answered')
      : passed(`${count(provenCount, 'edited item is', 'edited items are')} where they belong`)
  },
}

/** Where the item has to be; undefined when two edits that knew nothing of each other disagree. */
function lastWord(history: History, edits: readonly Edit[]): 'in' | 'out' | undefined {
  const last = edits.filter((one) => !edits.some((other) => other.to && isAfter(history, other, one)))
  const sure = last.filter(({ to }) => to)
  const words = new Set(last.map(({ puts }) => puts))
  // What nobody answered may not have happened: then it is as it was before.
  if (sure.length === 0 && last.length > 0) words.add(wordBefore(history, edits))
  return words.size === 1 ? [...words][0] : undefined
}

/** What the answered edits alone say; a cart begins empty. */
function wordBefore(history: History, edits: readonly Edit[]): 'in' | 'out' {
  const sure = edits.filter(({ to }) => to)
  const last = sure.filter((one) => !sure.some((other) => isAfter(history, other, one)))
  return last.some(({ puts }) => puts === 'in') ? 'in' : 'out'
}

/** Began when the other was done, and could know of it. */
const isAfter = (history: History, later: Edit, earlier: Edit) =>
  earlier.to !== undefined &&
  later.from.index > earlier.to.index &&
  (later.who === earlier.who || !history.faults.some((fault) => coincides(fault, later) || coincides(fault, earlier)))

const coincides = ({ requestedMs, witnessedOffMs }: History['faults'][number], { from, to }: Edit) =>
  from.tMs <= (witnessedOffMs ?? Number.POSITIVE_INFINITY) + healingMs && (to ?? from).tMs >= requestedMs

function editsOf(history: History): Edit[] {
  return history.of('invoke').flatMap((from) => {
    const end = history.endOf(from)
    if (end?.type === 'failed') return []
    const to = end?.type === 'ok' && !mayBeAnotherOrder(history, from) ? end : undefined
    return requestsOf(from).map((spec) => ({ ...spec, who: from.who, from, to }))
  })
}

function requestsOf({ operation, value }: HistoryEvent): Pick<Edit, 'puts' | 'shopper' | 'itemId'>[] {
  const { shopper, itemId, itemIds = [] } = value as { shopper: string; itemId: number; itemIds?: number[] }
  if (operation === 'add_item') return [{ puts: 'in', shopper, itemId }]
  if (operation === 'remove_item') return [{ puts: 'out', shopper, itemId }]
  return operation === 'purchase' ? itemIds.map((id) => ({ puts: 'out', shopper, itemId: id })) : []
}
