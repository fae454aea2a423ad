import type { History } from '../../../history/history.ts'
import type { HistoryEvent } from '../../../history/operation.ts'
import { isWithin, merged } from '../../../history/spans.ts'
import { lossNoticedWithinMs } from '../../../timing.ts'
import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'
import { otherOrders } from '../orders.ts'
import type { CartSight } from '../sights.ts'

interface Edit {
  who: string
  puts: 'in' | 'out'
  shopper: string
  itemId: number
  from: HistoryEvent
  /** Undefined when it is unknown whether, and when, the edit happened. */
  to: HistoryEvent | undefined
  /** A fault coincided with the edit: it and other edits may not have been visible to each other. */
  isNearFault: boolean
}

/** An acknowledged item stays in the cart until it is removed or bought (CT-1, CT-39, CT-41, NF-3, NF-4, NF-11). */
export const cartNeverLost: Checker = {
  name: 'cart-never-lost',
  invariant: 'every answered edit of a cart that no later edit undid is there in the end, in all tabs',
  check(history) {
    const carts = history.finals<CartSight>('cart')
    if (carts.length === 0) return unknown('no cart was looked at')
    const wordsOf = lastWords(editsOf(history))
    let provenCount = 0
    for (const { who, value } of carts) {
      const items = new Set(value.items.map(({ id }) => id))
      for (const [itemId, must] of wordsOf(value.shopper)) {
        const isIn = items.has(itemId)
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

type LastWords = ReadonlyMap<number, 'in' | 'out' | undefined>

/** Returns the last edit of each item in a shopper's cart, computed once for all tabs of the shopper. */
function lastWords(edits: readonly Edit[]): (shopper: string) => LastWords {
  const byShopper = Map.groupBy(edits, ({ shopper }) => shopper)
  const known = new Map<string, LastWords>()
  return (shopper) => {
    const byItem = () => Map.groupBy(byShopper.get(shopper) ?? [], ({ itemId }) => itemId)
    const words = known.get(shopper) ?? new Map([...byItem()].map(([itemId, own]) => [itemId, lastWord(own)]))
    known.set(shopper, words)
    return words
  }
}

/** Returns where the item must be, or undefined when concurrent edits disagree. */
function lastWord(edits: readonly Edit[]): 'in' | 'out' | undefined {
  const isOvertaken = overtaking(edits)
  const last = edits.filter((one) => !isOvertaken(one))
  const words = new Set(last.map(({ puts }) => puts))
  // Edits without a reply may not have happened; the item may then be out, as in the initial, empty cart.
  if (last.every(({ to }) => to === undefined)) words.add('out')
  return words.size === 1 ? [...words][0] : undefined
}

/** Returns whether an acknowledged edit began after another had ended and could see it: by the same participant, or with no fault. */
function overtaking(edits: readonly Edit[]): (earlier: Edit) => boolean {
  const answered = edits.filter(({ to }) => to !== undefined)
  const latestFrom = new Map<string, number>()
  let latestCalmFrom = -1
  for (const { who, from, isNearFault } of answered) {
    latestFrom.set(who, Math.max(latestFrom.get(who) ?? -1, from.index))
    if (!isNearFault) latestCalmFrom = Math.max(latestCalmFrom, from.index)
  }
  return ({ who, to, isNearFault }) =>
    to !== undefined && ((latestFrom.get(who) ?? -1) > to.index || (!isNearFault && latestCalmFrom > to.index))
}

function editsOf(history: History): Edit[] {
  const mayBeAnotherOrder = otherOrders(history)
  const faults = faultSpans(history)
  return history.of('invoke').flatMap((from) => {
    const end = history.endOf(from)
    if (end?.type === 'failed') return []
    const to = end?.type === 'ok' && !mayBeAnotherOrder(from) ? end : undefined
    const isNearFault = isWithin(faults, from.tMs, (to ?? from).tMs)
    return requestsOf(from).map((spec) => ({ ...spec, who: from.who, from, to, isNearFault }))
  })
}

const faultSpans = ({ faults }: History) =>
  merged(
    faults.map(({ requestedMs, witnessedOffMs }) => ({
      fromMs: requestedMs,
      toMs: (witnessedOffMs ?? Number.POSITIVE_INFINITY) + lossNoticedWithinMs,
    })),
  )

function requestsOf({ operation, value }: HistoryEvent): Pick<Edit, 'puts' | 'shopper' | 'itemId'>[] {
  const { shopper, itemId, itemIds = [] } = value as { shopper: string; itemId: number; itemIds?: number[] }
  if (operation === 'add_item') return [{ puts: 'in', shopper, itemId }]
  if (operation === 'remove_item') return [{ puts: 'out', shopper, itemId }]
  return operation === 'purchase' ? itemIds.map((id) => ({ puts: 'out', shopper, itemId: id })) : []
}
