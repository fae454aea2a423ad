import {
  type Channel,
  type ChannelDefinition,
  channel,
  connected,
  noreply,
  ok,
  socket,
} from '../../../channels/index.ts'
import type { Product } from '../catalog/product.ts'
import type { ShownState } from '../notifications.ts'

interface ProductSocketOptions {
  products(): readonly Product[] | undefined
  stateOf(product: Product): ShownState
  stateOnJoin: boolean
  /** The topic pattern, `product:*` (ST-35). */
  route: string
  cart: ChannelDefinition
}

/** The public socket of the shop, without authentication: anybody who knows a cart's id can join its topic (ST-34, ST-35, CT-18, CT-19). */
export const productSocket = (options: ProductSocketOptions) =>
  socket({
    name: 'Sneakers23Web.ProductSocket',
    path: '/product_socket',
    channels: { [options.route]: productChannel(options), 'cart:*': options.cart },
    connect: () => connected(),
  })

const stateRetryMs = 100

/** Clients only receive here: any event that they send crashes the channel, which rejoins (ST-36). */
const productChannel = ({ products, stateOf, stateOnJoin }: ProductSocketOptions) =>
  channel({
    name: 'ProductChannel',
    join(_topic, _payload, self) {
      if (stateOnJoin) self.send('state')
      return ok()
    },
    // Sends what the client may have missed before this join (ST-47), as soon as this node has loaded its stock.
    handleInfo(_message, { topic, push, sendAfter }) {
      const all = products()
      const product = all?.find(({ id }) => topic === `product:${id}`)
      if (product) pushState(product.id, stateOf(product), push)
      else if (!all) sendAfter(stateRetryMs, 'state')
      return noreply()
    },
  })

function pushState(productId: number, { released, sizeHtml, items }: ShownState, push: Channel['push']) {
  if (released) push('released', { size_html: sizeHtml })
  for (const { id, level } of items) push('stock_change', { product_id: productId, item_id: id, level })
}
