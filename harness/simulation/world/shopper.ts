import { createHash } from 'node:crypto'
import type { Clock } from '../../../system/platform/clock.ts'
import { purchaseWithinMs } from '../../timing.ts'
import { type CartPayload, openCart } from './cart-client.ts'
import { openConnection, type World } from './connection.ts'
import type { Ending } from './recorder.ts'
import { type Answer, ask, type Response } from './requests.ts'

interface ShopperOptions extends World {
  clock: Clock
  name: string
  node: string
}

export type Shopper = ReturnType<typeof openShopper>

/** All of them share one link to each node: what happens to it happens to all. */
const linkName = 'shoppers'
const page = '/'

/** The same for the same name; in a simulation nobody guesses. */
export const cartIdOf = (name: string) => createHash('sha512').update(name).digest('base64').slice(0, 64)

/** Somebody with a cart and without a page; whoever has bought something looks at a new one (CT-31, CT-54, CT-59). */
export function openShopper({ network, recorder, clock, name, node }: ShopperOptions) {
  const cartId = cartIdOf(name)
  let stored: CartPayload | undefined
  let own: string | undefined
  let orders = 1
  let current = open()

  function open() {
    const connection = openConnection({ network, recorder, who: name, from: linkName, node, path: '/product_socket' })
    const cart = openCart({
      recorder,
      connection,
      who: name,
      shopper: name,
      cartId,
      params: () => ({ serialized: stored?.serialized, own, page }),
      onCart(next) {
        stored = next
        own = next.serialized
      },
    })
    return { connection, cart, isClosed: false }
  }

  function close() {
    current.isClosed = true
    current.connection.close()
  }

  function showNewPage(cartAfter: string) {
    if (current.isClosed) return
    close()
    own = cartAfter
    current = open()
  }

  return {
    name,
    node,
    joins: () => current.connection.joins(),
    cart: () => ({ shopper: name, page, items: current.cart.items() }),
    hasCart: () => current.cart.last() !== undefined,
    add: (itemId: number) => current.cart.ask('add_item', itemId),
    remove: (itemId: number) => current.cart.ask('remove_item', itemId),
    /** Until somebody answers that it is bought it is the same order (CT-58). */
    async buy() {
      if (!stored || stored.items.length === 0) return
      const [key, { serialized, items }] = [`order-${orders}`, stored]
      const end = recorder.begin(name, 'purchase', { shopper: name, itemIds: items.map(({ id }) => id), key })
      const asking = { network, clock, from: linkName, address: `${node}:http`, withinMs: purchaseWithinMs }
      const response = await ask(asking, { do: 'buy', cartId, serialized, key })
      const { type, error } = endOf(response)
      end(type, error)
      if (type !== 'ok') return
      orders += 1
      showNewPage(String((response as Answer).body))
    },
    close,
  }
}

/** A refusal happened to nobody; a failure in the middle may have happened. */
export function endOf(response: Response): { type: Ending; error?: string } {
  if (response.kind !== 'answered') return { type: 'unsure', error: response.kind }
  const { status } = response
  if (status < 400) return { type: 'ok' }
  return { type: status < 500 ? 'failed' : 'unsure', error: `status ${status}` }
}
