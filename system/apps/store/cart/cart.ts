/**
 * A cart that tabs on several nodes change concurrently: a CRDT (CT-4..CT-8, CT-41). Every item has a number of changes: odd means in
 * the cart, even means out. A merge takes the higher number of each item, so that it is commutative, associative and idempotent. An edit
 * wins over those that it knew of; of two concurrent histories of an item the longer one wins. Pure.
 */
export interface Cart {
  /** What is in the cart, newest first. */
  readonly items: readonly number[]
  /** How often each item went in or out. */
  readonly changes: ReadonlyMap<number, number>
}

export type CartError = 'duplicate_item' | 'not_found'
export type CartResult = { ok: true; cart: Cart } | { ok: false; error: CartError }

export const emptyCart: Cart = { items: [], changes: new Map() }

export const isIn = (changeCount = 0) => changeCount % 2 === 1

/** A new id goes to the front (CT-5). Throws TypeError unless the id is a whole number (CT-8). */
export function addItem(cart: Cart, itemId: number): CartResult {
  assertId(itemId)
  if (cart.items.includes(itemId)) return { ok: false, error: 'duplicate_item' }
  return { ok: true, cart: { items: [itemId, ...cart.items], changes: changedOnce(cart, itemId) } }
}

/** Throws TypeError unless the id is a whole number (CT-6, CT-8). */
export function removeItem(cart: Cart, itemId: number): CartResult {
  assertId(itemId)
  if (!cart.items.includes(itemId)) return { ok: false, error: 'not_found' }
  return {
    ok: true,
    cart: { items: cart.items.filter((one) => one !== itemId), changes: changedOnce(cart, itemId) },
  }
}

/** CT-7. */
export const itemIds = ({ items }: Cart): number[] => [...items]

/** The edits of both carts (CT-41). */
export function merged(one: Cart, other: Cart): Cart {
  const changes = new Map(one.changes)
  for (const [id, count] of other.changes) changes.set(id, Math.max(count, changes.get(id) ?? 0))
  const known = new Set(one.items)
  const candidates = [...other.items.filter((id) => !known.has(id)), ...one.items]
  return { items: candidates.filter((id) => isIn(changes.get(id))), changes }
}

/** Whether the first cart has edits that the second does not know. */
export const knowsMore = (one: Cart, other: Cart): boolean =>
  [...one.changes].some(([id, count]) => count > (other.changes.get(id) ?? 0))

/** The items to add and to remove to get from one cart to the other. */
export const differenceOf = (before: Cart, after: Cart) => ({
  added: after.items.filter((id) => !before.items.includes(id)),
  removed: before.items.filter((id) => !after.items.includes(id)),
})

const changedOnce = ({ changes }: Cart, itemId: number) => new Map(changes).set(itemId, (changes.get(itemId) ?? 0) + 1)

function assertId(itemId: unknown) {
  if (!Number.isSafeInteger(itemId)) throw new TypeError(`an item id is a whole number, this is ${typeof itemId}`)
}
