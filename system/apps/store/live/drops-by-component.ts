import { component, each, type LiveSocket, type LiveView, liveComponent, liveView } from '../../../live/index.ts'
import { type Listing, listingTemplate, productList } from '../web/listing.ts'
import { starting } from './drops.ts'
import { followProducts, loadLater, productInNews } from './product-news.ts'
import type { ShownListings } from './shown-listings.ts'

interface Drops {
  /** Undefined while this node has no stock in memory. What each product shows is the state of its component. */
  first: readonly Listing[] | undefined
}

const listing = liveComponent<{ shown: Listing }>({
  name: 'Listing',
  render: ({ shown }) => listingTemplate(shown),
})

const componentId = (productId: number) => `product-${productId}`

/** The same page, where only the product that a message is about is rendered again (LV-21, LV-26). */
export const dropsByComponentView = (shown: ShownListings): LiveView =>
  liveView<Drops>({
    name: 'DropsByComponent',
    mount: (_params, _session, socket) => begin(socket, shown.all()),
    handleInfo(message, socket) {
      const productId = productInNews(message)
      if (productId !== undefined) showOne(socket, shown.oneAfter(message, productId))
      else if (message === 'load') showAll(socket, shown.all())
    },
    render: ({ first }) =>
      first
        ? productList(
            each(first, { key: ({ id }) => id }, (one) => component(listing, { id: componentId(one.id), shown: one })),
          )
        : starting,
  })

function begin(socket: LiveSocket<Drops>, listings: readonly Listing[] | undefined) {
  socket.assign({ first: listings })
  if (!listings) return loadLater(socket)
  followProducts(
    socket,
    listings.map(({ id }) => id),
  )
}

function showAll(socket: LiveSocket<Drops>, listings: readonly Listing[] | undefined) {
  if (!socket.assigns.first || !listings) return begin(socket, listings ?? socket.assigns.first)
  for (const one of listings) socket.sendUpdate(listing, componentId(one.id), { shown: one })
}

function showOne(socket: LiveSocket<Drops>, one: Listing | undefined) {
  if (one) socket.sendUpdate(listing, componentId(one.id), { shown: one })
  else loadLater(socket)
}
