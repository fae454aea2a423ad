import { createHash } from 'node:crypto'
import type { Log } from '../../../platform/log.ts'
import { type Cart, removeItem } from '../cart/cart.ts'
import type { Checkout } from './checkout.ts'
import type { Order, PurchaseResult } from './purchase.ts'

interface OrdersOptions {
  checkout: Checkout
  /** Tells the open tabs of a cart what is left in it. */
  tellTabs(cartId: string, after: Cart, removed: number[]): Promise<void>
  log: Log
}

/** How a try to buy a cart ended; `unsure` when nobody can say now whether it was bought. */
export type Tried =
  | { kind: 'bought'; order: Order; after: Cart }
  | { kind: 'empty' }
  | { kind: 'sold_out' }
  | { kind: 'unsure' }

/** Names a shopper in the books without holding the key to the cart (CT-18). */
export const shopperOf = (cartId: string): string => createHash('sha256').update(cartId).digest('hex')

/** Buys carts; all tries with one key are one order (CT-55..CT-59). */
export function createOrders({ checkout, tellTabs, log }: OrdersOptions) {
  /** An empty cart buys nothing (CT-58), but it may be what an order left whose answer got lost. */
  async function purchaseOrRepeat(cart: Cart, shopper: string, key: string): Promise<PurchaseResult | 'empty'> {
    if (cart.items.length > 0) return checkout.purchaseCart(cart, { shopper, key })
    const order = await checkout.findOrder(shopper, key)
    return order ? { kind: 'purchase_complete', order, isRepeat: true } : 'empty'
  }

  const attempt = (cart: Cart, shopper: string, key: string) =>
    purchaseOrRepeat(cart, shopper, key).catch((error: Error) => {
      log.error({ reason: error.message }, 'checkout: a purchase could not be finished')
      return 'unsure' as const
    })

  return async (cartId: string, cart: Cart, key: string): Promise<Tried> => {
    const result = await attempt(cart, shopperOf(cartId), key)
    if (result === 'empty' || result === 'unsure') return { kind: result }
    if (result.kind === 'purchase_failed') return { kind: 'sold_out' }
    const bought = result.order.items.map(({ itemId }) => itemId)
    const after = without(cart, bought)
    await tellTabs(cartId, after, bought)
    return { kind: 'bought', order: result.order, after }
  }
}

export type BuyCart = ReturnType<typeof createOrders>

function without(cart: Cart, itemIds: readonly number[]): Cart {
  return itemIds.reduce((left, itemId) => {
    const removed = removeItem(left, itemId)
    return removed.ok ? removed.cart : left
  }, cart)
}
