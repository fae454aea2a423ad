import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addItem, type Cart, emptyCart, itemIds } from '../../../../../system/apps/store/cart/cart.ts'
import { createCartTokens } from '../../../../../system/apps/store/cart/cart-token.ts'
import { createCheckout } from '../../../../../system/apps/store/checkout/checkout.ts'
import { createRepo, openPool, type Repo } from '../../../../../system/apps/store/db/repo.ts'
import { systemClock as clock } from '../../../../../system/platform/clock.ts'
import { silentLog as log } from '../../../../../system/platform/log.ts'
import { type ActorRef, createRuntime } from '../../../../../system/runtime/index.ts'
import { type Database, startDatabase } from '../../../../support/store-cluster.ts'

let database: Database
let repo: Repo
let actor: ActorRef<'probe'>
const announced: number[] = []

beforeAll(async () => {
  database = await startDatabase()
  repo = createRepo({ open: openPool(database.url), runtime: createRuntime({ clock, log }), log })
  actor = await repo.start()
})
beforeEach(async () => {
  await database.seed()
  await database.query('update item_availability set available_count = 3, initial_count = 3')
  await database.query('update products set released = true where id = 1')
  announced.length = 0
})
afterAll(async () => {
  await actor.stop()
  await database.stop()
})

const cartOf = (...ids: number[]) =>
  ids.reduce((cart: Cart, id) => {
    const added = addItem(cart, id)
    return added.ok ? added.cart : cart
  }, emptyCart)

const openCheckout = (isReady = true) =>
  createCheckout({
    repo,
    tokens: createCartTokens({ secret: 's'.repeat(32), clock }),
    nodeName: 'n1',
    requireReady() {
      if (!isReady) throw new Error('the inventory is still loading')
    },
    announceSale: async (itemId) => void announced.push(itemId),
    reconcileSale() {},
  })
const wish = (key: string, shopper = 'somebody') => ({ shopper, key })
const left = async (itemId: number) =>
  (
    await database.query<{ n: number }>('select available_count as n from item_availability where item_id = $1', [
      itemId,
    ])
  )[0]!.n
const orderCount = async () => Number((await database.query<{ n: string }>('select count(*) as n from orders'))[0]!.n)
const last = (itemId: number) =>
  database.query('update item_availability set available_count = 0 where item_id = $1', [itemId])

describe('the checkout (CT-9)', () => {
  it('has every word of the shop for carts', async () => {
    const checkout = openCheckout()
    const added = checkout.addItemToCart(emptyCart, 1)
    const token = await checkout.exportCart(added.ok ? added.cart : emptyCart)
    const cart = await checkout.restoreCart(token)
    expect(checkout.cartItemIds(cart)).toEqual([1])
    expect(checkout.removeItemFromCart(cart, 2)).toEqual({ ok: false, error: 'not_found' })
    expect(checkout.generateCartId()).toHaveLength(64)
    expect((await checkout.purchaseCart(cart, wish('first'))).kind).toBe('purchase_complete')
  })
})

describe('a purchase', () => {
  it('sells every item once, makes an order, and is announced when it is certain (CT-55, CT-57)', async () => {
    const result = await openCheckout().purchaseCart(cartOf(2, 1), wish('a'))
    expect(result).toMatchObject({ kind: 'purchase_complete', isRepeat: false, order: { totalUsd: 378 } })
    expect([await left(1), await left(2), await orderCount()]).toEqual([2, 2, 1])
    expect(announced.sort()).toEqual([1, 2])
  })

  it('does nothing at all when one item is gone, and says nothing (CT-55, CT-57, DF-87, DF-88)', async () => {
    await last(2)
    const result = await openCheckout().purchaseCart(cartOf(1, 2), wish('a'))
    expect(result).toEqual({ kind: 'purchase_failed', itemIds: [2] })
    expect([await left(1), await orderCount(), announced]).toEqual([3, 0, []])
  })

  it('does not sell what is not released (CT-30)', async () => {
    expect((await openCheckout().purchaseCart(cartOf(8), wish('a'))).kind).toBe('purchase_failed')
    expect(await left(8)).toBe(3)
  })

  it('is made once for its key, also when all attempts come at once (CT-59)', async () => {
    const checkout = openCheckout()
    const results = await Promise.all(Array.from({ length: 8 }, () => checkout.purchaseCart(cartOf(1), wish('same'))))
    expect(results.filter((one) => one.kind === 'purchase_complete' && !one.isRepeat)).toHaveLength(1)
    expect(new Set(results.map((one) => one.kind === 'purchase_complete' && one.order.id)).size).toBe(1)
    expect([await left(1), await orderCount(), announced]).toEqual([2, 1, [1]])
  })

  it('can be tried again with the same key after it was refused', async () => {
    const checkout = openCheckout()
    await last(2)
    await checkout.purchaseCart(cartOf(1, 2), wish('k'))
    expect((await checkout.purchaseCart(cartOf(1), wish('k'))).kind).toBe('purchase_complete')
    expect(await left(1)).toBe(2)
  })

  it("knows nothing of somebody else's key", async () => {
    const checkout = openCheckout()
    await checkout.purchaseCart(cartOf(1), wish('k', 'one'))
    expect(await checkout.purchaseCart(cartOf(1), wish('k', 'other'))).toMatchObject({ isRepeat: false })
    expect(await checkout.findOrder('third', 'k')).toBeUndefined()
    expect(await left(1)).toBe(1)
  })

  it('never lets two shoppers with the same shoes wait for each other', async () => {
    const checkout = openCheckout()
    const carts = Array.from({ length: 12 }, (_, n) => (n % 2 === 0 ? cartOf(1, 2, 3) : cartOf(3, 2, 1)))
    const results = await Promise.all(carts.map((cart, n) => checkout.purchaseCart(cart, wish(`k${n}`, `s${n}`))))
    expect(results.filter(({ kind }) => kind === 'purchase_complete')).toHaveLength(3)
    expect(itemIds(carts[0]!)).toHaveLength(3)
    expect(await left(1)).toBe(0)
  })

  it('is refused while this node could not make it known (CT-57)', async () => {
    await expect(openCheckout(false).purchaseCart(cartOf(1), wish('a'))).rejects.toThrow('still loading')
    expect(await left(1)).toBe(3)
  })
})
