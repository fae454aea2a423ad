import type { Tried } from '../../../system/apps/store/checkout/order.ts'
import type { Shop } from '../../../system/apps/store/shop.ts'
import { productPage } from '../../../system/apps/store/web/pages.ts'
import { clientHeartbeatMs } from '../../timing.ts'
import type { Answer } from './requests.ts'

const statusOf: Record<Tried['kind'], number> = { bought: 303, empty: 422, sold_out: 409, unsure: 503 }
const refusals = new Set(['UnknownId'])

interface Purchase {
  cartId: string
  serialized: string
  key: string
}

/** What a node answers by HTTP: its pages, and its control port. */
export function createAnswers(
  { store, checkout, buyCart, adminTokens, thresholds }: Shop,
  publish: (topic: string, event: string, payload: unknown) => void,
) {
  const script = { clientHeartbeatMs, thresholds }

  async function changed(work: Promise<unknown>): Promise<Answer> {
    try {
      return { status: (await work) === false ? 409 : 200 }
    } catch (error) {
      return { status: refusals.has((error as Error).name) ? 404 : 503, body: (error as Error).message }
    }
  }

  const answers = {
    health: async () => ({ status: 200 }),
    page: async () => {
      const products = store.products()
      if (!products) return { status: 503 }
      return { status: 200, body: productPage(products, script, { cartId: '', formToken: '' }) }
    },
    admin: async () => ({ status: 200, body: await adminTokens.sign() }),
    async buy({ cartId, serialized, key }: Purchase) {
      const tried = await buyCart(cartId, await checkout.restoreCart(serialized), key)
      const status = statusOf[tried.kind]
      // The page that follows has it, as what was told last.
      return tried.kind === 'bought' ? { status, body: await checkout.exportCart(tried.after) } : { status }
    },
    release: ({ productId }: { productId: number }) => changed(store.markProductReleased(productId)),
    sell: ({ itemId }: { itemId: number }) => changed(store.sellItem(itemId)),
    async publish({ topic, event, payload }: { topic: string; event: string; payload: object }) {
      publish(topic, event, payload)
      return { status: 200 }
    },
  }
  return (request: { do: keyof typeof answers }): Promise<Answer> => answers[request.do](request as never)
}
