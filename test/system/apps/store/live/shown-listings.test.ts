import { expect, it } from 'vitest'
import { createShownListings } from '../../../../../system/apps/store/live/shown-listings.ts'
import { completeProducts, shownLevel } from '../../../../support/complete-products.ts'

it('is computed once for each message, however many pages get it (LV-21)', () => {
  const products = completeProducts()
  const shown = createShownListings({
    products: () => products,
    stateOf: ({ released, items }) => ({
      released,
      sizeHtml: '',
      items: items.map((item) => ({ id: item.id, level: shownLevel(item) })),
    }),
  })
  const [first, second] = [{ n: 1 }, { n: 2 }]
  const [all, one] = [shown.allAfter(first), shown.oneAfter(first, 2)]
  expect([all, one]).toEqual([shown.all(), shown.all()![1]])
  expect([shown.allAfter(first) === all, shown.oneAfter(first, 2) === one]).toEqual([true, true])
  products[1] = { ...products[1]!, released: true }
  expect(shown.allAfter(second)!.map(({ released }) => released)).toEqual([false, true])
  expect(shown.oneAfter(second, 2)!.released).toBe(true)
})
