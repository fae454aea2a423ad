import type { Defect } from '../../../platform/defects.ts'
import { addItem, type Cart, itemIds, removeItem } from '../cart/cart.ts'
import { generateCartId } from '../cart/cart-id.ts'
import type { CartTokens } from '../cart/cart-token.ts'
import type { Repo } from '../db/repo.ts'
import { type BrokenPurchaseOptions, brokenPurchase } from './broken-purchase.ts'
import { findOrder, type PurchaseResult, type PurchaseWish, purchase } from './purchase.ts'

export interface CheckoutOptions extends Omit<BrokenPurchaseOptions, 'wish'> {
  repo: Repo
  tokens: CartTokens
  nodeName: string
  defects: ReadonlySet<Defect>
  /** Throws while this node could not make a sale known. */
  requireReady(): void
  /** Makes a sale known that is certain. */
  announceSale(itemId: number): Promise<void>
  /** Nobody knows whether it was sold. */
  reconcileSale(itemId: number): void
  /** Runs in a purchase when everything is reserved and nothing is certain. */
  beforeCommit?(): Promise<void> | undefined
}

export type Checkout = ReturnType<typeof createCheckout>

/** All that the shop does with carts; whoever serves shoppers comes through here (CT-2, CT-9). */
export function createCheckout(options: CheckoutOptions) {
  const { repo, tokens, nodeName, defects, requireReady, announceSale, reconcileSale, beforeCommit } = options
  const seller = { repo, nodeName, ...(beforeCommit && { beforeCommit }) }
  const sell = (wish: PurchaseWish) => brokenPurchase({ ...options, wish }) ?? purchase(seller, wish)

  return {
    addItemToCart: addItem,
    removeItemFromCart: removeItem,
    cartItemIds: itemIds,
    exportCart: tokens.sign,
    restoreCart: (token: unknown) => (defects.has('DF-84') ? readOrThrow(tokens, token) : tokens.restore(token)),
    generateCartId,
    findOrder: (shopper: string, key: string) => findOrder(repo, shopper, key),
    /** Sells the cart, all of it or nothing; told to the world only when it is certain (CT-55..CT-57). */
    async purchaseCart(cart: Cart, { shopper, key }: Omit<PurchaseWish, 'itemIds'>): Promise<PurchaseResult> {
      requireReady()
      const result = await sell({ shopper, key, itemIds: itemIds(cart) }).catch((error: Error) => {
        for (const itemId of itemIds(cart)) reconcileSale(itemId)
        throw error
      })
      if (result.kind === 'purchase_complete' && !result.isRepeat)
        await Promise.all(result.order.items.map(({ itemId }) => announceSale(itemId)))
      return result
    },
  }
}

/** DF-84: a cart that cannot be read is the shopper's problem. */
async function readOrThrow(tokens: CartTokens, token: unknown): Promise<Cart> {
  const cart = await tokens.read(token)
  if (!cart && typeof token === 'string') throw new Error('the stored cart cannot be read')
  return cart ?? tokens.restore(undefined)
}
