import type { Channel } from 'phoenix'
import { createOfficialSocket } from '../../clients/official-socket.ts'
import { recordedWebSocket } from '../../clients/socket-watch.ts'
import { answerTo, marksIn } from '../../history/marks.ts'
import type { Recorder } from '../../history/recorder.ts'
import { pushWithinMs } from '../../timing.ts'
import type { createCartChanges } from './cart-changes.ts'
import { withoutCartId } from './cart-topic.ts'
import type { BrowserStore } from './web-visitor.ts'

/** One line of a cart as the server sends it to a page (CT-23). */
export interface CartLine {
  id: number
  brand: string
  color: string
  name: string
  price_usd: number
  main_image_url: string
  released: boolean
  size: string
  sku: string
  out_of_stock: boolean
}

interface CartPayload {
  items: CartLine[]
  serialized: string
}

export type CartPage = ReturnType<typeof openCartPage>

interface CartPageOptions {
  who: string
  node: string
  link: { name: string; host: string; port: number }
  cartId: string
  /** The path of the page. */
  path: string
  /** How many pages this tab has had before. */
  pageNumber: number
  browser: BrowserStore
  /** The cart that this tab had before, or that its page brought along (CT-59). */
  own: string | undefined
  changes: ReturnType<typeof createCartChanges>
  recorder: Recorder
}

/** The cart of one open page without a screen: it joins, keeps and stores the cart as the page's script does (CT-31..CT-36). */
export function openCartPage({
  who,
  node,
  link,
  cartId,
  path,
  pageNumber,
  browser,
  changes,
  recorder,
  ...options
}: CartPageOptions) {
  let { own } = options
  let last: CartPayload = { items: [], serialized: '' }
  let pushedCount = 0
  let lastRef = 0
  const socket = createOfficialSocket(`ws://${link.host}:${link.port}/product_socket`, {
    transport: recordedWebSocket({ who, node, link: link.name, recorder, nameOf: withoutCartId }, pageNumber),
    timeout: pushWithinMs,
  })
  socket.onMessage(((message: { topic: string; event: string; payload: unknown }) => {
    const { topic, event, payload } = message
    if (event === 'phx_error' || event === 'phx_close')
      recorder.record({ who, type: 'leave', topic: withoutCartId(topic), event, node })
    const text = JSON.stringify([topic, payload])
    if (event === 'phx_reply' && marksIn(text).length > 0)
      recorder.record(answerTo(who, `a reply on ${withoutCartId(topic)}`, text))
    if (topic === 'phoenix' || event.startsWith('phx_')) return
    const received = { who, type: 'receive', topic: withoutCartId(topic), event, node } as const
    recorder.record({ ...received, value: idsIn(payload), marks: marksIn(text) })
  }) as never)
  const topic = `cart:${cartId}`
  const joinParams = () => ({ serialized: browser.storedCart ?? null, own: own ?? null, page: path })
  const channel: Channel = socket.channel(topic, joinParams)

  function show(cart: CartPayload) {
    last = cart
    own = cart.serialized
    browser.storedCart = cart.serialized
  }

  channel.on('cart', (cart: CartPayload) => {
    show(cart)
    pushedCount += 1
  })
  socket.connect()
  channel.join()

  return {
    path,
    items: () => last.items,
    serialized: () => last.serialized,
    own: () => own,
    pushedCount: () => pushedCount,
    hasCart: () => channel.state === 'joined' && pushedCount > 0,
    joins: () => ({
      connected: socket.isConnected(),
      expected: [withoutCartId(topic)],
      joined: channel.state === 'joined' ? [withoutCartId(topic)] : [],
    }),
    ask(event: 'add_item' | 'remove_item', itemId: number): Promise<string> {
      lastRef += 1
      const ref = `${path} ${lastRef}`
      changes.sent(ref, event, { item_id: itemId })
      return new Promise((resolve) => {
        channel
          .push(event, { item_id: String(itemId) }, pushWithinMs)
          .receive('ok', (cart: CartPayload) => {
            show(cart)
            changes.answered(ref, { status: 'ok' })
            resolve('ok')
          })
          .receive('error', (response: { error?: string }) => {
            changes.answered(ref, { status: 'error', response })
            resolve(response.error ?? 'refused')
          })
          .receive('timeout', () => {
            changes.lost()
            resolve('timeout')
          })
      })
    },
    close() {
      changes.lost()
      socket.disconnect()
    },
  }
}

const idsIn = (payload: unknown) => {
  const { items, ...rest } = payload as { items?: { id: number; out_of_stock: boolean }[]; serialized?: string }
  return items ? { items: items.map(({ id, out_of_stock }) => ({ id, out_of_stock })) } : rest
}
