import { channel, noreply, ok } from '../../../channels/index.ts'
import type { Broadcast } from '../../../pubsub/index.ts'
import { merged } from '../cart/cart.ts'
import { cartIdLength } from '../cart/cart-id.ts'
import { CartSession, type CartShop, type SelfMessage } from './cart-session.ts'

const topicPrefix = 'cart:'
/** A node's carts are told here that another node is connected again, as both may have changed meanwhile. Never leaves the node. */
export const resyncTopic = 'carts_resync'
const pageMaxLength = 200

/** The channel of one open tab's cart (CT-19..CT-30, CT-38..CT-48). */
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
      self.assigns.session = new CartSession(shop, self, { cartId, page: pageIn(page), cart: merged(stored, held) })
      // Runs after the join reply, which must not wait for it (CH-56).
      self.send({ do: 'arrive' } satisfies SelfMessage)
      return ok()
    },
    handleIn(event, payload, { assigns }) {
      if (event === 'add_item') return sessionIn(assigns).add(itemIdIn(payload))
      if (event === 'remove_item') return sessionIn(assigns).remove(itemIdIn(payload))
      throw new Error(`ShoppingCartChannel has no handler for ${event}`)
    },
    async handleOut(_event, payload, { assigns }) {
      await sessionIn(assigns).hearOthers((payload as { serialized?: unknown }).serialized)
      return noreply()
    },
    async handleInfo(message, self) {
      const session = sessionIn(self.assigns)
      if (!isBroadcast(message))
        await handleSelfMessage(message as SelfMessage, session, () => self.subscribe(resyncTopic))
      else if (message.topic === resyncTopic) await session.tellOthers([], [])
      else await session.show()
      return noreply()
    },
  })

const sessionIn = (assigns: Record<string, unknown>) => assigns.session as CartSession

const isBroadcast = (message: unknown): message is Broadcast => (message as Broadcast).topic !== undefined

async function handleSelfMessage(message: SelfMessage, session: CartSession, subscribe: () => void) {
  if (message.do === 'show') return session.show()
  if (message.do === 'track') return session.trackChange()
  if (message.do === 'forget') return session.forget(message.itemIds)
  if (message.do === 'listen') return session.listen(message.itemIds)
  subscribe()
  return session.arrive()
}

/** The item id as a button sends it: digits, as text (CT-26). */
function itemIdIn(payload: unknown): number | undefined {
  const { item_id: text } = Object(payload) as { item_id?: unknown }
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

const pageIn = (page: unknown): string | null =>
  typeof page === 'string' && page.length <= pageMaxLength ? page : null
