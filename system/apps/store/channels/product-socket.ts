import { channel, connected, noreply, ok, socket } from '../../../channels/index.ts'
import { levelOf, type Product, type Thresholds } from '../catalog/product.ts'
import { sizeSelector } from '../web/size-selector.ts'

interface ProductSocketOptions {
  products(): readonly Product[] | undefined
  thresholds: Thresholds
  stateOnJoin: boolean
  /** The topic pattern, `product:*` (ST-35). */
  route: string
}

/** The public socket of the shop: no authentication, nothing personal on its topics (ST-34, ST-35). */
export const productSocket = (options: ProductSocketOptions) =>
  socket({
    name: 'Sneakers23Web.ProductSocket',
    path: '/product_socket',
    channels: { [options.route]: productChannel(options) },
    connect: () => connected(),
  })

/** Clients listen here and send nothing: any event of theirs ends the channel, which rejoins (ST-36). */
const productChannel = ({ products, thresholds, stateOnJoin }: ProductSocketOptions) =>
  channel({
    name: 'ProductChannel',
    join(_topic, _payload, self) {
      if (stateOnJoin) self.send('state')
      return ok()
    },
    // Whatever was missed before this join is told now (ST-47).
    handleInfo(_message, { topic, push }) {
      const product = products()?.find(({ id }) => topic === `product:${id}`)
      if (product?.released) push('released', { size_html: sizeSelector(product, thresholds) })
      for (const { id, availableCount } of product?.items ?? [])
        push('stock_change', { product_id: product!.id, item_id: id, level: levelOf(availableCount, thresholds) })
      return noreply()
    },
  })
