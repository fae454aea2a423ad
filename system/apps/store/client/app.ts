import { type Channel, Socket } from 'phoenix'
import './app.css'
import { joinCart } from './cart.ts'
import { watchConnection } from './connection.ts'
import { heartbeatIntervalMs } from './page.ts'
import { applyRelease, applyStockChange } from './product-view.ts'

/** The page's script: one connection, one channel for each listed product and one for the cart (ST-37, CT-31). */
const { csrfToken } = window as { csrfToken?: string }
const socket = new Socket('/product_socket', { params: { _csrf_token: csrfToken }, heartbeatIntervalMs })
socket.connect()
const channels: Channel[] = []

function joinProduct(productId: string) {
  const channel = socket.channel(`product:${productId}`, {})
  channel.on('released', ({ size_html }) => applyRelease(productId, size_html))
  channel.on('stock_change', applyStockChange)
  channel
    .join()
    .receive('error', () => console.error('Channel join failed'))
    .receive('timeout', () => console.error('Channel join timed out'))
  channels.push(channel)
}

/** The server patches what a live view shows; two that edit it would undo each other's changes (LV-23). */
const isLive = document.querySelector('[data-phx-main]') !== null

for (const listing of document.querySelectorAll<HTMLElement>('.product-listing')) {
  if (listing.dataset.productId && !isLive) joinProduct(listing.dataset.productId)
}
const { cartId } = window as { cartId?: string }
if (cartId) channels.push(joinCart(socket, cartId))

Object.assign(window, { squall: { socket, channels } })

watchConnection(socket, channels)
