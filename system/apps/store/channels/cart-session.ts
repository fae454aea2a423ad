import { type Channel, type HandleResult, reply } from '../../../channels/index.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Log } from '../../../platform/log.ts'
import { type Cart, differenceOf, knowsMore, merged } from '../cart/cart.ts'
import type { Product } from '../catalog/product.ts'
import type { Checkout } from '../checkout/checkout.ts'
import { itemOutTopic } from '../notifications.ts'
import type { CartTracker } from '../presence/cart-tracker.ts'
import { cartItems, fingerprintOf } from './cart-view.ts'

/** What all carts of a node share. */
export interface CartShop {
  checkout: Checkout
  products(): readonly Product[] | undefined
  tracker: CartTracker
  clock: Pick<Clock, 'now'>
  log: Log
  /** At most one size of each shoe (CT-10). */
  oneSizePerShoe?: boolean
  /** How many items a cart holds; null: any number (ST-5). */
  itemsMax?: number | null
}

/** Messages that a channel sends to itself, so that this work does not delay the reply before it (CT-46). */
export type SelfMessage =
  | { do: 'arrive' }
  | { do: 'show' }
  | { do: 'listen'; itemIds: number[] }
  | { do: 'forget'; itemIds: number[] }
  | { do: 'track' }

const showRetryMs = 100

interface CartSessionInit {
  cartId: string
  page: string | null
  cart: Cart
}

/** The state of one tab's cart channel. The channel passes it one message at a time. */
export class CartSession {
  private readonly shop: CartShop
  private readonly self: Channel
  private readonly cartId: string
  private readonly page: string | null
  private cart: Cart
  /** Items whose sell-out topic it is subscribed to. */
  private readonly heard = new Set<number>()
  /** Fingerprint of the items that its client was sent last. */
  private shown = ''

  constructor(shop: CartShop, self: Channel, { cartId, page, cart }: CartSessionInit) {
    this.shop = shop
    this.self = self
    this.cartId = cartId
    this.page = page
    this.cart = cart
  }

  async arrive() {
    await this.show()
    this.sendSelf({ do: 'listen', itemIds: this.itemIds() })
    this.track()
    // Other tabs reply if they know more, and learn what this one knows (CT-21, CT-41).
    await this.tellOthers([], [])
  }

  async add(itemId: number | undefined): Promise<HandleResult> {
    if (itemId === undefined) return refused('invalid_item_id')
    if (!this.shop.products()) return refused('unavailable')
    const added = this.shop.checkout.addItemToCart(this.cart, itemId)
    if (!added.ok) return refused(added.error)
    const problem = this.isFull() ? 'cart_full' : this.problemWith(itemId)
    return problem ? refused(problem) : this.accept(added.cart, [itemId], [])
  }

  async remove(itemId: number | undefined): Promise<HandleResult> {
    if (itemId === undefined) return refused('invalid_item_id')
    if (!this.shop.products()) return refused('unavailable')
    const removed = this.shop.checkout.removeItemFromCart(this.cart, itemId)
    return removed.ok ? this.accept(removed.cart, [], [itemId]) : refused(removed.error)
  }

  /** Sends the cart to the client, as soon as this node has loaded its stock (CT-21, CT-25, CT-48). */
  async show() {
    const items = this.shownItems()
    if (items) this.self.push('cart', { items, serialized: await this.export() })
    else this.self.sendAfter(showRetryMs, { do: 'show' } satisfies SelfMessage)
  }

  async tellOthers(added: number[], removed: number[]) {
    this.self.broadcastFrom('cart_updated', { serialized: await this.export(), added, removed })
  }

  /** Merges another tab's cart into this one, and replies if that tab does not know everything (CT-38, CT-39, CT-41). */
  async hearOthers(serialized: unknown) {
    const theirs = await this.shop.checkout.restoreCart(serialized)
    const before = this.cart
    this.cart = merged(before, theirs)
    const { added, removed } = differenceOf(before, this.cart)
    this.follow(added, removed)
    if (knowsMore(this.cart, before) || added.length + removed.length > 0) {
      await this.show()
      this.sendSelf({ do: 'track' })
    }
    if (!knowsMore(this.cart, theirs)) return
    const missing = differenceOf(theirs, this.cart)
    await this.tellOthers(missing.added, missing.removed)
  }

  /** Subscribes, then compares with what was shown: an item that sold out in between was announced too early to be heard (CT-44..CT-46). */
  async listen(itemIds: readonly number[]) {
    for (const itemId of itemIds) {
      if (this.heard.has(itemId) || !this.cart.items.includes(itemId)) continue
      this.heard.add(itemId)
      this.self.subscribe(itemOutTopic(itemId))
    }
    const items = this.itemsNow()
    if (items && this.shown !== fingerprintOf(items)) await this.show()
  }

  /** Unsubscribes from items that are in the cart no more (CT-45). */
  forget(itemIds: readonly number[]) {
    for (const itemId of itemIds) {
      if (this.cart.items.includes(itemId)) continue
      if (this.heard.delete(itemId)) this.self.unsubscribe(itemOutTopic(itemId))
    }
  }

  /** PA-23. */
  trackChange() {
    this.tryTracking(() => this.shop.tracker.updateCart(this.tracked(), this.itemIds()))
  }

  private track() {
    const meta = { page_loaded_at: this.shop.clock.now(), page: this.page, items: this.itemIds() }
    this.tryTracking(() => this.shop.tracker.trackCart(this.tracked(), meta))
    // Registered after tracking: if the connection ended while the cart was shown, this runs at once (PA-28).
    this.self.onEnd(() => this.shop.tracker.untrackCart(this.self.id))
  }

  /** A cart works also while it cannot be tracked (PA-29). */
  private tryTracking(run: () => void) {
    try {
      run()
    } catch (error) {
      this.shop.log.error({ err: error }, 'cart: could not be tracked')
    }
  }

  private async accept(cart: Cart, added: number[], removed: number[]): Promise<HandleResult> {
    this.cart = cart
    const serialized = await this.export()
    this.self.broadcastFrom('cart_updated', { serialized, added, removed })
    const items = this.shownItems()
    this.follow(added, removed)
    this.sendSelf({ do: 'track' })
    if (items) return reply('ok', { items, serialized })
    this.sendSelf({ do: 'show' })
    return refused('unavailable')
  }

  private follow(added: number[], removed: number[]) {
    if (removed.length > 0) this.sendSelf({ do: 'forget', itemIds: removed })
    if (added.length > 0) this.sendSelf({ do: 'listen', itemIds: added })
  }

  /** The items to send to the client now; undefined while this node has not loaded its stock (CT-22). */
  private shownItems() {
    const items = this.itemsNow()
    if (items) this.shown = fingerprintOf(items)
    return items
  }

  private export() {
    return this.shop.checkout.exportCart(this.cart)
  }

  private itemsNow() {
    const all = this.shop.products()
    return all && cartItems(this.itemIds(), all)
  }

  /** Why an item cannot be added to the cart now, according to this node's copy of the stock (CT-10, CT-29, CT-30). */
  private problemWith(itemId: number): string | undefined {
    const product = this.shop.products()?.find(({ items }) => items.some(({ id }) => id === itemId))
    if (!product) return 'unknown_item'
    if (!product.released) return 'not_released'
    const { items } = this.cart
    if (this.shop.oneSizePerShoe && product.items.some(({ id }) => items.includes(id))) return 'one_size_per_shoe'
    const isGone = product.items.some(({ id, availableCount }) => id === itemId && availableCount === 0)
    return isGone ? 'out_of_stock' : undefined
  }

  private isFull() {
    const { itemsMax } = this.shop
    return itemsMax != null && this.cart.items.length >= itemsMax
  }

  private itemIds() {
    return this.shop.checkout.cartItemIds(this.cart)
  }

  private tracked() {
    return { owner: this.self.id, cartId: this.cartId }
  }

  private sendSelf(message: SelfMessage) {
    this.self.send(message)
  }
}

const refused = (error: string): HandleResult => reply('error', { error })
