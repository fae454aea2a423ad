import type { Channel } from 'phoenix'
import { pushWithinMs } from '../../timing.ts'
import type { Connection } from './connection.ts'
import type { Recorder } from './recorder.ts'

export interface CartPayload {
  items: { id: number; out_of_stock: boolean }[]
  serialized: string
}

interface CartClientOptions {
  recorder: Recorder
  connection: Connection
  who: string
  shopper: string
  cartId: string
  params(): object
  /** Called for every cart that comes, asked for or not. */
  onCart(cart: CartPayload): void
}

export type CartClient = ReturnType<typeof openCart>

/** The cart of one tab: what it shows, and what is asked of it, with how that ended. */
export function openCart({ recorder, connection, who, shopper, cartId, params, onCart }: CartClientOptions) {
  let last: CartPayload | undefined
  const take = (cart: CartPayload) => {
    last = cart
    onCart(cart)
  }
  const channel: Channel = connection.join(`cart:${cartId}`, params)
  channel.on('cart', take)

  return {
    last: () => last,
    items: () => (last?.items ?? []).map(({ id, out_of_stock }) => ({ id, outOfStock: out_of_stock })),
    /** What is not answered in time may have happened or not. */
    ask(event: 'add_item' | 'remove_item', itemId: number) {
      const end = recorder.begin(who, event, { shopper, itemId })
      channel
        .push(event, { item_id: String(itemId) }, pushWithinMs)
        .receive('ok', (cart: CartPayload) => {
          take(cart)
          end('ok')
        })
        .receive('error', ({ error }: { error?: string }) => end('failed', error ?? 'refused'))
        .receive('timeout', () => end('unsure', 'no answer in time'))
    },
  }
}
