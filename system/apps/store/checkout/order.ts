import { createHash } from 'node:crypto'
import type { Log } from '../../../platform/log.ts'
import { type Cart, removeItem } from '../cart/cart.ts'
import type { Checkout } from './checkout.ts'
import type { Order, PurchaseResult } from './purchase.ts'

interface OrdersOptions {
  checkout: Checkout
  /** Sends the open tabs of a cart what is left in it. */
  tellTabs(cartId: string, after: Cart, removed: number[]): Promise<void>
  log: Log
}

/** The outcome of an attempt to buy a cart; `unsure` when it is unknown whether it was bought. */
export type Tried =
  | { kind: 'bought'; order: Order; after: Cart }
  | { kind: 'empty' }
  | { kind: 'sold_out' }
  | { kind: 'unsure' }

/** Identifies a shopper in the orders without revealing the cart id, which opens the cart (CT-18). */
export const shopperOf = (cartId: string): string => createHash('sha256').update(cartId).digest('hex')

/** Buys carts; all attempts with one key are one order (CT-55..CT-59). */
export function createOrders({ checkout, tellTabs, log }: OrdersOptions) {
  /** An empty cart buys nothing (CT-58), but it may be the cart after an order whose response was lost. */
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
