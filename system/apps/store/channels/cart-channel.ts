import { type Channel, channel, type HandleResult, noreply, ok, reply } from '../../../channels/index.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Defect } from '../../../platform/defects.ts'
import type { Log } from '../../../platform/log.ts'
import type { Broadcast } from '../../../pubsub/index.ts'
import { type Cart, differenceOf, knowsMore, merged } from '../cart/cart.ts'
import { cartIdLength } from '../cart/cart-id.ts'
import type { Product } from '../catalog/product.ts'
import type { Checkout } from '../checkout/checkout.ts'
import { itemOutTopic } from '../notifications.ts'
import type { CartTracker } from '../presence/cart-tracker.ts'
import { cartItems, fingerprintOf } from './cart-view.ts'

export interface CartChannelOptions {
  checkout: Checkout
  products(): readonly Product[] | undefined
  tracker: CartTracker
  clock: Pick<Clock, 'now'>
  log: Log
  defects: ReadonlySet<Defect>
  /** At most one size of each shoe (CT-10). */
  oneSizePerShoe?: boolean
  /** Only for the defect: tells the shoppers of a topic who is there (DF-31). */
  trackOn?(topic: string, owner: string): void
}

const topicPrefix = 'cart:'
/** On this topic a node's carts hear that another node came back: both may have changed meanwhile. Never leaves the node. */
export const resyncTopic = 'carts_resync'
const showRetryMs = 100
const pageMaxLength = 200
/** How late the planted defect begins to listen (DF-79). */
const lateMs = 600

/** What one tab's channel knows. */
interface State {
  cartId: string
  page: string | null
  cart: Cart
  /** Items whose end it listens for. */
  heard: Set<number>
  /** What its client was shown last. */
  shown: string
}

/** Messages of a channel to itself: what comes after an answer must not delay it (CT-46). */
type Note =
  | { do: 'arrive' }
  | { do: 'show' }
  | { do: 'listen'; itemIds: number[] }
  | { do: 'forget'; itemIds: number[] }
  | { do: 'track' }

/** One open tab's cart (CT-19..CT-30, CT-38..CT-48). */
export const cartChannel = (shop: CartChannelOptions) =>
  channel({
    name: 'ShoppingCartChannel',
    intercept: ['cart_updated'],
    async join(topic, payload, self) {
      await createSeat(shop, self).sitDown(topic, payload)
      return ok()
    },
    handleIn(event, payload, self) {
      if (event === 'add_item') return createSeat(shop, self).add(itemIdIn(payload))
      if (event === 'remove_item') return createSeat(shop, self).remove(itemIdIn(payload))
      throw new Error(`ShoppingCartChannel has no handler for ${event}`)
    },
    async handleOut(_event, payload, self) {
      await createSeat(shop, self).hearOthers((payload as { serialized?: unknown }).serialized)
      return noreply()
    },
    async handleInfo(message, self) {
      const seat = createSeat(shop, self)
      if (isBroadcast(message)) await (message.topic === resyncTopic ? seat.tellOthers([], []) : seat.show())
      else await seat.take(message as Note)
      return noreply()
    },
  })

const isBroadcast = (message: unknown): message is Broadcast => (message as Broadcast).topic !== undefined

/** The id as a button sends it: digits, as text (CT-26). */
function itemIdIn(payload: unknown): number | undefined {
  const { item_id: text } = Object(payload) as { item_id?: unknown }
  const itemId = typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined
  return itemId
}

/** What a channel does with its state. Made anew for each message: the state lives in the channel. */
function createSeat(shop: CartChannelOptions, self: Channel) {
  const { checkout, products, tracker, clock, log, defects } = shop
  const state = () => self.assigns.state as State
  const note = (message: Note) => self.send(message)

  async function sitDown(topic: string, payload: unknown) {
    const cartId = topic.slice(topicPrefix.length)
    if (Buffer.byteLength(cartId) !== cartIdLength) throw new Error(`a cart id has ${cartIdLength} bytes`)
    const { serialized, own, page } = Object(payload) as Record<string, unknown>
    const [stored, held] = await Promise.all([checkout.restoreCart(serialized), checkout.restoreCart(own)])
    const fresh: State = { cartId, page: pageIn(page), cart: merged(stored, held), heard: new Set(), shown: '' }
    self.assigns.state = fresh
    self.onEnd(() => tracker.untrackCart(self.id))
    note({ do: 'arrive' })
  }

  async function arrive() {
    self.subscribe(resyncTopic)
    await show()
    if (!defects.has('DF-76')) note({ do: 'listen', itemIds: checkout.cartItemIds(state().cart) })
    track()
    // Other tabs answer if they know more, and learn what this one knows (CT-21, CT-41).
    await tellOthers([], [])
  }

  function itemsNow() {
    const all = products()
    const ids = checkout.cartItemIds(state().cart)
    return all && (defects.has('DF-86') ? ids.flatMap((id) => cartItems([id], all)) : cartItems(ids, all))
  }

  /** What the client is told; undefined while this node does not know its stock. */
  async function payloadNow() {
    const items = itemsNow()
    if (!items) return undefined
    state().shown = fingerprintOf(items)
    return { items, serialized: await checkout.exportCart(state().cart) }
  }

  async function show() {
    const payload = await payloadNow()
    if (payload) self.push('cart', payload)
    else self.sendAfter(showRetryMs, { do: 'show' } satisfies Note)
  }

  async function tellOthers(added: number[], removed: number[]) {
    const news = { serialized: await checkout.exportCart(state().cart), added, removed }
    if (defects.has('DF-81')) self.broadcast('cart_updated', news)
    else self.broadcastFrom('cart_updated', news)
  }

  /** Takes over what another tab knows, and answers if it does not know everything (CT-38, CT-39, CT-41). */
  async function hearOthers(serialized: unknown) {
    const theirs = await checkout.restoreCart(serialized)
    const before = state().cart
    const after = defects.has('DF-82') ? theirs : merged(before, theirs)
    const { added, removed } = differenceOf(before, after)
    state().cart = after
    if (added.length > 0) note({ do: 'listen', itemIds: added })
    if (removed.length > 0) note({ do: 'forget', itemIds: removed })
    if (knowsMore(after, before) || added.length + removed.length > 0 || defects.has('DF-81')) {
      await show()
      note({ do: 'track' })
    }
    if (defects.has('DF-80')) state().cart = before
    if (knowsMore(after, theirs)) {
      const missing = differenceOf(theirs, after)
      await tellOthers(missing.added, missing.removed)
    }
  }

  function listen(itemIds: readonly number[]) {
    const { cart, heard } = state()
    for (const itemId of itemIds) {
      if (heard.has(itemId) || !cart.items.includes(itemId)) continue
      heard.add(itemId)
      self.subscribe(itemOutTopic(itemId))
      if (defects.has('DF-78')) self.subscribe(itemOutTopic(itemId))
    }
  }

  /** What sold out after it was shown and before this channel listened would never be told (DF-79). */
  async function lookAgain() {
    const items = itemsNow()
    if (items && state().shown !== fingerprintOf(items) && !defects.has('DF-79')) await show()
  }

  function forget(itemIds: readonly number[]) {
    const { cart, heard } = state()
    for (const itemId of itemIds) {
      if (cart.items.includes(itemId) || defects.has('DF-77')) continue
      if (heard.delete(itemId)) self.unsubscribe(itemOutTopic(itemId))
    }
  }

  const tracked = () => ({ owner: self.id, cartId: state().cartId })

  /** A shopper does not lose the cart because nobody can count it (PA-29). */
  function dare(what: string, run: () => void) {
    try {
      run()
    } catch (error) {
      log.error({ what, err: error }, 'cart: could not be tracked')
    }
  }

  function track() {
    const { page, cart } = state()
    const meta = { page_loaded_at: clock.now(), page, items: checkout.cartItemIds(cart) }
    dare('arrival', () => tracker.trackCart(tracked(), meta))
    shop.trackOn?.(self.topic, self.id)
  }

  function trackChange() {
    if (defects.has('DF-96')) return
    dare('change', () => tracker.updateCart(tracked(), checkout.cartItemIds(state().cart)))
  }

  const refused = (error: string): HandleResult => reply('error', { error })

  /** Why an item cannot be put into a cart now, as this node knows it (CT-29, CT-30). */
  function problemWith(itemId: number): string | undefined {
    const product = products()?.find(({ items }) => items.some(({ id }) => id === itemId))
    if (!product) return 'unknown_item'
    if (!product.released) return 'not_released'
    const { items: own } = state().cart
    if (shop.oneSizePerShoe && product.items.some(({ id }) => own.includes(id))) return 'one_size_per_shoe'
    return product.items.some(({ id, availableCount }) => id === itemId && availableCount === 0)
      ? 'out_of_stock'
      : undefined
  }

  async function accept(cart: Cart, added: number[], removed: number[]): Promise<HandleResult> {
    state().cart = cart
    await tellOthers(added, removed)
    const answer = await payloadNow()
    if (removed.length > 0) note({ do: 'forget', itemIds: removed })
    if (added.length > 0) {
      if (defects.has('DF-79')) self.sendAfter(lateMs, { do: 'listen', itemIds: added } satisfies Note)
      else note({ do: 'listen', itemIds: added })
    }
    note({ do: 'track' })
    if (answer) return reply('ok', answer)
    note({ do: 'show' })
    return refused('unavailable')
  }

  return {
    sitDown,
    show,
    tellOthers,
    hearOthers,
    async add(itemId: number | undefined): Promise<HandleResult> {
      if (itemId === undefined) return refused('invalid_item_id')
      if (!products()) return refused('unavailable')
      const added = checkout.addItemToCart(state().cart, itemId)
      if (!added.ok && defects.has('DF-86')) {
        const { items, changes } = state().cart
        return accept({ items: [itemId, ...items], changes }, [], [])
      }
      if (!added.ok) return refused(added.error)
      const problem = problemWith(itemId)
      return problem ? refused(problem) : accept(added.cart, [itemId], [])
    },
    async remove(itemId: number | undefined): Promise<HandleResult> {
      if (itemId === undefined) return refused('invalid_item_id')
      if (!products()) return refused('unavailable')
      const removed = checkout.removeItemFromCart(state().cart, itemId)
      return removed.ok ? accept(removed.cart, [], [itemId]) : refused(removed.error)
    },
    async take(message: Note) {
      if (message.do === 'arrive') return arrive()
      if (message.do === 'show') return show()
      if (message.do === 'track') return trackChange()
      if (message.do === 'forget') return forget(message.itemIds)
      listen(message.itemIds)
      return lookAgain()
    },
  }
}

const pageIn = (page: unknown): string | null =>
  typeof page === 'string' && page.length <= pageMaxLength ? page : null
