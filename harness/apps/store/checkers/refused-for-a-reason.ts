import { finding, worstFinding } from '../../../checkers/core/manners/reasons.ts'
import type { History } from '../../../history/history.ts'
import type { HistoryEvent } from '../../../history/operation.ts'
import { type Checker, count, passed, unknown, type Verdict, violated } from '../../../verdict/checker.ts'
import type { Catalogue, CatalogueProduct } from './stock.ts'

interface Request {
  shopper: string
  itemId: number
  itemIds?: readonly number[]
}

/** How long after a release every node knows of it. */
const releaseKnownMs = 5_000

/**
 * A refusal that cannot be right whatever the timing is a violation: stock only decreases, so what is left in the end was never sold out; and
 * a form of a shopper comes from the shop (CT-10, CT-28..CT-30, CT-58).
 */
export const refusedForAReason: Checker = {
  name: 'refused-for-a-reason',
  invariant: 'nobody is refused an item, a removal or a purchase that could be had',
  needs: (history) => history.finals('catalogue').length > 0,
  check(history) {
    const [catalogue] = history.finals<Catalogue>('catalogue')
    if (!catalogue) return unknown('the products were not read')
    const refusals = history.of('failed').filter(({ op }) => op !== undefined)
    const findings = refusals.flatMap((refusal) => {
      const wrong = wrongReason(refusal, history, catalogue.value)
      const sentence = `refused: ${refusal.who} was told ${refusal.error}, ${wrong}`
      return wrong ? [judgeRefusal(history, refusal, sentence)] : []
    })
    const worst = worstFinding(findings)
    if (worst) return worst
    return passed(`${count(refusals.length, 'refusal')}, each for a reason`)
  },
}

/** Only a release takes its time to be known: a node that stands still, or is taken for gone, learns of it later. */
const judgeRefusal = (history: History, refusal: HistoryEvent, sentence: string): Verdict =>
  refusal.error === 'not_released'
    ? finding(history, sentence, refusal.tMs - 2 * releaseKnownMs, refusal.tMs, { refusal })
    : violated(sentence, { refusal })

function wrongReason(refusal: HistoryEvent, history: History, catalogue: Catalogue): string | undefined {
  const request = refusal.value as Request
  if (refusal.operation === 'purchase') return wrongForm(refusal, request)
  if (refusal.operation !== 'add_item' && refusal.operation !== 'remove_item') return undefined
  const { itemId } = request
  const product = catalogue.products.find(({ items }) => items.some(({ id }) => id === itemId))
  if (refusal.error === 'unknown_item') return product && `and item ${itemId} is in the database`
  if (refusal.error === 'out_of_stock') return neverGone(itemId, product)
  if (refusal.error === 'not_released') return product && longReleased(product, refusal, history)
  if (refusal.error === 'duplicate_item') return neverAdded(refusal, request, history)
  return refusal.error === 'not_found' ? stillIn(refusal, request, history) : undefined
}

/** Status 409 is for the checker of purchases, which knows the order of all of them. */
function wrongForm({ error = '' }: HistoryEvent, { itemIds = [] }: Request): string | undefined {
  const [, status] = /^status (\d+)/.exec(error) ?? []
  if (status === '422') return itemIds.length > 0 ? `with the items ${itemIds.join(', ')} in the cart` : undefined
  return status === undefined || status === '409' ? undefined : 'and the form was one of the shop'
}

function neverGone(itemId: number, product: CatalogueProduct | undefined): string | undefined {
  const left = product?.items.find(({ id }) => id === itemId)?.availableCount ?? 0
  return left > 0 ? `and there are ${left} of item ${itemId} even in the end` : undefined
}

function longReleased(product: CatalogueProduct, { tMs }: HistoryEvent, { of, faults }: History): string | undefined {
  const released = of('ok', 'release').find(({ value }) => (value as { productId: number }).productId === product.id)
  if (!released || faults.length > 0 || tMs - released.tMs < releaseKnownMs) return undefined
  return `and product ${product.id} was released ${Math.round(tMs - released.tMs)} ms before`
}

const isOf = ({ value }: HistoryEvent, { shopper, itemId }: Request) => {
  const other = value as Request
  return other.shopper === shopper && (other.itemId === itemId || other.itemIds?.includes(itemId) === true)
}

function neverAdded({ index }: HistoryEvent, request: Request, { of }: History): string | undefined {
  const tries = of('invoke', 'add_item').filter((one) => one.index < index && isOf(one, request))
  // The refused request is one of them.
  return tries.length === 1 ? `and nobody had put item ${request.itemId} in` : undefined
}

/** Only for what one client did in sequence, while nobody else changed the cart. */
function stillIn(refusal: HistoryEvent, request: Request, history: History): string | undefined {
  const edits = ['add_item', 'remove_item', 'purchase']
    .flatMap((operation) => history.of('invoke', operation))
    .filter((one) => one.index < refusal.index && one.op !== refusal.op && isOf(one, request))
  const last = edits.sort((a, b) => a.index - b.index).at(-1)
  if (last?.operation !== 'add_item' || last.who !== refusal.who) return undefined
  const isSure = edits.every((one) => history.endOf(one) !== undefined && history.endOf(one)?.type !== 'unsure')
  return isSure && history.endOf(last)?.type === 'ok'
    ? `and it had put item ${request.itemId} in just before`
    : undefined
}
