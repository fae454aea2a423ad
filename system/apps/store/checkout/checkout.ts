import { addItem, type Cart, itemIds, removeItem } from '../cart/cart.ts'
import { generateCartId } from '../cart/cart-id.ts'
import type { CartTokens } from '../cart/cart-token.ts'
import type { Repo } from '../db/repo.ts'
import { findOrder, type PurchaseResult, type PurchaseWish, purchase } from './purchase.ts'

export interface CheckoutOptions {
  repo: Repo
  tokens: CartTokens
  nodeName: string
  /** Throws while this node could not announce a sale. */
  requireReady(): void
  /** Announces a sale that is committed. */
  announceSale(itemId: number): Promise<void>
  /** Called for each item of a purchase whose outcome is unknown. */
  reconcileSale(itemId: number): void
  /** Awaited in a purchase when every item is taken and nothing is committed. */
  beforeCommit?(): Promise<void> | undefined
}

export type Checkout = ReturnType<typeof createCheckout>

/** All operations of the shop on carts, for channels and pages alike (CT-2, CT-9). */
export function createCheckout(options: CheckoutOptions) {
  const { repo, tokens, nodeName, requireReady, announceSale, reconcileSale, beforeCommit } = options
  const seller = { repo, nodeName, ...(beforeCommit && { beforeCommit }) }

  return {
    addItemToCart: addItem,
    removeItemFromCart: removeItem,
    cartItemIds: itemIds,
    exportCart: tokens.sign,
    restoreCart: tokens.restore,
    generateCartId,
    findOrder: (shopper: string, key: string) => findOrder(repo, shopper, key),
    /** Sells the cart, all of it or nothing; announced only after the commit (CT-55..CT-57). */
    async purchaseCart(cart: Cart, { shopper, key }: Omit<PurchaseWish, 'itemIds'>): Promise<PurchaseResult> {
      requireReady()
      const result = await purchase(seller, { shopper, key, itemIds: itemIds(cart) }).catch((error: Error) => {
        for (const itemId of itemIds(cart)) reconcileSale(itemId)
        throw error
      })
      if (result.kind === 'purchase_complete' && !result.isRepeat)
        await Promise.all(result.order.items.map(({ itemId }) => announceSale(itemId)))
      return result
    },
  }
}
