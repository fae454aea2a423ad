import { type Channel, Socket } from 'phoenix'
import './app.css'
import { applyRelease, applyStockChange } from './product-view.ts'

/** The page's script: one connection, one channel for each listed product (ST-37). */
const { heartbeatMs, defects: planted = '' } = document.body.dataset
const defects = planted.split(' ')
const never = 2 ** 31 - 1
const socket = new Socket('/product_socket', {
  heartbeatIntervalMs: defects.includes('DF-6') ? never : Number(heartbeatMs) || 30_000,
  ...(defects.includes('DF-7') && { reconnectAfterMs: (tries: number) => (tries > 1 ? never : 10) }),
})
const channels: Channel[] = []

function joinProduct(productId: string) {
  const channel = socket.channel(`product:${productId}`, {})
  channel.on('released', ({ size_html }) => applyRelease(productId, size_html))
  channel.on('stock_change', applyStockChange)
  channel
    .join()
    .receive('error', () => console.error('Channel join failed'))
    .receive('timeout', () => console.error('Channel join timed out'))
  if (defects.includes('DF-4')) Object.assign(channel, { rejoin: () => {} })
  channels.push(channel)
}

socket.connect()
for (const listing of document.querySelectorAll<HTMLElement>('.product-listing')) {
  if (listing.dataset.productId) joinProduct(listing.dataset.productId)
}

Object.assign(window, { squall: { socket, channels } })
