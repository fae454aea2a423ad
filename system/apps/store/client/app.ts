import { type Channel, Socket } from 'phoenix'
import './app.css'
import { joinCart } from './cart.ts'
import { hasDefect, heartbeatIntervalMs, never } from './page.ts'
import { applyRelease, applyStockChange } from './product-view.ts'

/** The page's script: one connection, one channel for each listed product and one for the cart (ST-37, CT-31). */
const { csrfToken } = window as { csrfToken?: string }
const openSocket = () => {
  const opened = new Socket('/product_socket', {
    params: { _csrf_token: csrfToken },
    heartbeatIntervalMs: hasDefect('DF-6') ? never : heartbeatIntervalMs,
    ...(hasDefect('DF-7') && { reconnectAfterMs: (tries: number) => (tries > 1 ? never : 10) }),
  })
  opened.connect()
  return opened
}
const socket = openSocket()
const socketForTopic = () => (hasDefect('DF-128') ? openSocket() : socket)
const channels: Channel[] = []
const heard: unknown[] = []
if (hasDefect('DF-21')) socket.onMessage(((message: unknown) => void heard.push(message)) as never)

function joinProduct(productId: string) {
  const channel = socketForTopic().channel(`product:${productId}`, {})
  channel.on('released', ({ size_html }) => applyRelease(productId, size_html))
  channel.on('stock_change', applyStockChange)
  channel
    .join()
    .receive('error', () => console.error('Channel join failed'))
    .receive('timeout', () => console.error('Channel join timed out'))
  if (hasDefect('DF-4')) Object.assign(channel, { rejoin: () => {} })
  channels.push(channel)
}

for (const listing of document.querySelectorAll<HTMLElement>('.product-listing')) {
  if (listing.dataset.productId) joinProduct(listing.dataset.productId)
}
const { cartId } = window as { cartId?: string }
if (cartId) channels.push(joinCart(socketForTopic(), cartId))

Object.assign(window, { squall: { socket, channels } })
