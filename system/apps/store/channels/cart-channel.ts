import { channel, noreply, ok } from '../../../channels/index.ts'
import type { Broadcast } from '../../../pubsub/index.ts'
import { merged } from '../cart/cart.ts'
import { cartIdLength } from '../cart/cart-id.ts'
import { CartSeat, type CartShop, type Note } from './cart-seat.ts'

const topicPrefix = 'cart:'
/** On this topic a node's carts hear that another node came back: both may have changed meanwhile. Never leaves the node. */
export const resyncTopic = 'carts_resync'
const pageMaxLength = 200

/** One open tab's cart: what it accepts, and what it hears (CT-19..CT-30, CT-38..CT-48). */
export const cartChannel = (shop: CartShop) =>
  channel({
    name: 'ShoppingCartChannel',
    intercept: ['cart_updated'],
    async join(topic, payload, self) {
      const cartId = topic.slice(topicPrefix.length)
      if (Buffer.byteLength(cartId) !== cartIdLength) throw new Error(`a cart id has ${cartIdLength} bytes`)
      const { serialized, own, page } = Object(payload) as Record<string, unknown>
      const { restoreCart } = shop.checkout
      const [stored, held] = await Promise.all([restoreCart(serialized), restoreCart(own)])
      const seat = new CartSeat(shop, self, { cartId, page: pageIn(page), cart: merged(stored, held) })
      self.assigns.seat = seat
      // After the reply: a join must not wait for its consequences (CH-56).
      self.send({ do: 'arrive' } satisfies Note)
      return ok()
    },
    handleIn(event, payload, { assigns }) {
      if (event === 'add_item') return seatIn(assigns).add(itemIdIn(payload))
      if (event === 'remove_item') return seatIn(assigns).remove(itemIdIn(payload))
      throw new Error(`ShoppingCartChannel has no handler for ${event}`)
    },
    async handleOut(_event, payload, { assigns }) {
      await seatIn(assigns).hearOthers((payload as { serialized?: unknown }).serialized)
      return noreply()
    },
    async handleInfo(message, self) {
      const seat = seatIn(self.assigns)
      if (!isBroadcast(message)) await take(message as Note, seat, () => self.subscribe(resyncTopic))
      else if (message.topic === resyncTopic) await seat.tellOthers([], [])
      else await seat.show()
      return noreply()
    },
  })

const seatIn = (assigns: Record<string, unknown>) => assigns.seat as CartSeat

const isBroadcast = (message: unknown): message is Broadcast => (message as Broadcast).topic !== undefined

async function take(note: Note, seat: CartSeat, subscribe: () => void) {
  if (note.do === 'show') return seat.show()
  if (note.do === 'track') return seat.trackChange()
  if (note.do === 'forget') return seat.forget(note.itemIds)
  if (note.do === 'listen') return seat.listen(note.itemIds)
  subscribe()
  return seat.arrive()
}

/** The id as a button sends it: digits, as text (CT-26). */
function itemIdIn(payload: unknown): number | undefined {
  const { item_id: text } = Object(payload) as { item_id?: unknown }
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

const pageIn = (page: unknown): string | null =>
  typeof page === 'string' && page.length <= pageMaxLength ? page : null
