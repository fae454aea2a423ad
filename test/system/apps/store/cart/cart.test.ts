import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addItem,
  type Cart,
  differenceOf,
  emptyCart,
  itemIds,
  knowsMore,
  merged,
  removeItem,
} from '../../../../../system/apps/store/cart/cart.ts'
import { generateCartId } from '../../../../../system/apps/store/cart/cart-id.ts'

const added = (cart: Cart, itemId: number): Cart => {
  const result = addItem(cart, itemId)
  return result.ok ? result.cart : cart
}
const removed = (cart: Cart, itemId: number): Cart => {
  const result = removeItem(cart, itemId)
  return result.ok ? result.cart : cart
}

describe('a cart (AT-39)', () => {
  it('is a list of ids, empty at first (CT-4, CT-7)', () => {
    expect(itemIds(emptyCart)).toEqual([])
  })

  it('puts new ids to the front and refuses one that is there (CT-5)', () => {
    const cart = added(added(emptyCart, 3), 1)
    expect(itemIds(cart)).toEqual([1, 3])
    expect(addItem(cart, 3)).toEqual({ ok: false, error: 'duplicate_item' })
  })

  it('refuses to take out what is not there (CT-6)', () => {
    expect(removeItem(emptyCart, 3)).toEqual({ ok: false, error: 'not_found' })
    expect(itemIds(removed(added(emptyCart, 3), 3))).toEqual([])
  })

  it('leaves the cart that it was given as it was (CT-8)', () => {
    const cart = added(emptyCart, 3)
    added(cart, 4)
    removed(cart, 3)
    expect(itemIds(cart)).toEqual([3])
  })

  it.each(['3', 1.5, Number.NaN, null, undefined])('takes no %s for an id (CT-8)', (id) => {
    expect(() => addItem(emptyCart, id as number)).toThrow(TypeError)
    expect(() => removeItem(emptyCart, id as number)).toThrow(TypeError)
  })
})

describe('a cart id (CT-15)', () => {
  it('has 64 characters of base64 and never comes twice', () => {
    const ids = Array.from({ length: 100_000 }, generateCartId)
    expect(new Set(ids).size).toBe(100_000)
    expect(ids.every((id) => /^[A-Za-z0-9+/]{64}$/.test(id))).toBe(true)
  })
})

/** Three tabs that edit, and sometimes hear of one another: late, twice, or in another order. */
type Event =
  | { do: 'add'; tab: number; item: number }
  | { do: 'remove'; tab: number; item: number }
  | { do: 'send'; from: number; to: number; age: number }
const tab = fc.nat({ max: 2 })
const events = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('add' as const), tab, item: fc.nat({ max: 4 }) }),
    fc.record({ do: fc.constant('remove' as const), tab, item: fc.nat({ max: 4 }) }),
    fc.record({ do: fc.constant('send' as const), from: tab, to: tab, age: fc.nat({ max: 3 }) }),
  ),
  { maxLength: 40 },
)

/** Plays what happened; returns each tab's carts, from the first to the last. */
function played(list: readonly Event[]): Cart[][] {
  const tabs: Cart[][] = [[emptyCart], [emptyCart], [emptyCart]]
  const now = (index: number) => tabs[index]!.at(-1)!
  for (const event of list) {
    if (event.do === 'add') tabs[event.tab]!.push(added(now(event.tab), event.item))
    else if (event.do === 'remove') tabs[event.tab]!.push(removed(now(event.tab), event.item))
    else if (event.do === 'send')
      tabs[event.to]!.push(merged(now(event.to), tabs[event.from]!.at(-1 - event.age) ?? emptyCart))
  }
  return tabs
}

const contentOf = (cart: Cart) => ({ items: [...cart.items].sort(), changes: [...cart.changes].sort() })

describe('merging carts (CT-41)', () => {
  const carts = events.map((list) => played(list).map((versions) => versions.at(-1)!) as [Cart, Cart, Cart])

  it('is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(carts, ([a, b, c]) => {
        expect(contentOf(merged(a, b))).toEqual(contentOf(merged(b, a)))
        expect(contentOf(merged(merged(a, b), c))).toEqual(contentOf(merged(a, merged(b, c))))
        expect(contentOf(merged(a, a))).toEqual(contentOf(a))
        expect(knowsMore(a, merged(a, b))).toBe(false)
        expect(knowsMore(merged(a, b), a)).toBe(knowsMore(b, a))
      }),
      { numRuns: 5_000 },
    )
  })

  it('brings all tabs to the same cart, whoever hears whom first', () => {
    fc.assert(
      fc.property(events, fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (list, order) => {
        const last = played(list).map((versions) => versions.at(-1)!)
        const one = last.reduce(merged)
        const other = order.map((index) => last[index]!).reduce(merged)
        expect(contentOf(other)).toEqual(contentOf(one))
        const { added: more, removed: less } = differenceOf(last[0]!, one)
        expect([...last[0]!.items.filter((id) => !less.includes(id)), ...more].sort()).toEqual([...one.items].sort())
      }),
      { numRuns: 3_000 },
    )
  })

  it('loses no add that nobody who knew of it took back, and brings nothing back that was taken out', () => {
    fc.assert(
      fc.property(events, (list) => {
        const tabs = played(list)
        const all = tabs.map((versions) => versions.at(-1)!).reduce(merged)
        for (const item of [0, 1, 2, 3, 4]) {
          // The model: the edit that knew of the most edits before it.
          const edits = tabs.flatMap((versions) => versions.map(({ changes }) => changes.get(item) ?? 0))
          const latest = Math.max(...edits)
          expect(all.items.includes(item)).toBe(latest % 2 === 1)
        }
        expect(new Set(all.items).size).toBe(all.items.length)
      }),
      { numRuns: 3_000 },
    )
  })

  it('keeps what was put in on both sides of a split, and out what was taken out on one (DF-82)', () => {
    const before = added(added(emptyCart, 1), 2)
    const [left, right] = [removed(added(before, 3), 1), added(before, 4)]
    expect(itemIds(merged(left, right)).sort()).toEqual([2, 3, 4])
  })
})
