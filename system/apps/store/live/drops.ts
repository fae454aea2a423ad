import { each, html, type LiveSocket, type LiveView, liveView } from '../../../live/index.ts'
import { type Listing, listingTemplate, productList } from '../web/listing.ts'
import { followProducts, loadLater, productInNews } from './product-news.ts'
import type { ShownListings } from './shown-listings.ts'

interface Drops {
  /** Undefined while this node has no stock in memory. */
  listings: readonly Listing[] | undefined
}

/** The page of all products as a live page; after each message it reads all of them again (LV-19..21). */
export const dropsView = (shown: ShownListings): LiveView =>
  liveView<Drops>({
    name: 'Drops',
    mount: (_params, _session, socket) => show(socket, shown.all()),
    handleInfo(message, socket) {
      if (productInNews(message) !== undefined) show(socket, shown.allAfter(message))
      else if (message === 'load') show(socket, shown.all())
    },
    render: ({ listings }) =>
      listings ? productList(each(listings, { key: ({ id }) => id }, listingTemplate)) : starting,
  })

function show(socket: LiveSocket<Drops>, listings: Drops['listings']) {
  if (!listings) {
    if (!('listings' in socket.assigns)) socket.assign({ listings: undefined })
    return loadLater(socket)
  }
  const ids = listings.map(({ id }) => id)
  if (!socket.assigns.listings) followProducts(socket, ids)
  socket.assign({ listings })
}

/** What is there while the shop starts. */
export const starting = html`<main class="product-list"><p role="status">The shop is starting. This page will follow by itself.</p></main>`
