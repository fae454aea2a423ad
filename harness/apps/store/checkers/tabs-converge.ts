import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'
import type { CartSight } from '../sights.ts'
import { type FinalStock, itemsOf } from './stock.ts'

/** Tabs of one cart converge, with unavailable items grayed out (CT-37, CT-39..CT-41, CT-48, DF-73..DF-76, DF-79, DF-80, DF-90). */
export const tabsConverge: Checker = {
  name: 'tabs-converge',
  invariant:
    'after settling, all tabs of a cart show the same items, sold out exactly where the database has none left',
  check(history) {
    const tabs = history.finals<CartSight>('cart')
    const [stock] = history.finals<FinalStock>('database')
    if (tabs.length === 0 || !stock) return unknown('no cart, or no stock, was looked at')
    if (history.of('ok', 'add_item').length === 0) return unknown('nobody put anything into a cart')
    const gone = new Set(
      itemsOf(stock.value)
        .filter(({ availableCount }) => availableCount === 0)
        .map(({ id }) => id),
    )
    const first = new Map<string, { who: string; ids: string }>()
    for (const { who, value } of tabs) {
      const ids = value.items.map(({ id }) => id).join()
      const other = first.get(value.shopper)
      if (other && other.ids !== ids)
        return violated(`tabs differ: ${who} shows ${itemsIn(ids)}, ${other.who} shows ${itemsIn(other.ids)}`, {
          who,
          other: other.who,
          ...{ expected: listOf(other.ids), seen: listOf(ids) },
        })
      first.set(value.shopper, { who, ids })
      const stale = value.items.find(({ id, outOfStock }) => outOfStock !== gone.has(id))
      if (stale)
        return violated(
          `stale cart: ${who} shows item ${stale.id} as ${stale.outOfStock ? 'sold out' : 'available'}, and it is not`,
          { who, stale },
        )
    }
    return passed(`${count(tabs.length, 'tab')} of ${count(first.size, 'cart')} agree`)
  },
}

const itemsIn = (ids: string) => (ids === '' ? 'no item' : `${ids.includes(',') ? 'items' : 'item'} ${ids}`)
const listOf = (ids: string) => ids.split(',').filter((id) => id !== '')
