import { z } from 'zod'
import { ActionRefused, type ControlAction, controlAction } from '../../control/action.ts'
import { InventoryNotReady, UnknownId } from './inventory/inventory.ts'
import type { Shop } from './shop.ts'

export interface StoreActions {
  release: Shop['store']['markProductReleased']
  sell: Shop['store']['sellItem']
  products: Shop['store']['products']
  item: Shop['inventory']['item']
  notifications: Pick<Shop['notifications'], 'released' | 'stockChange'>
  /** Sells random items until nothing is left; returns how many units. */
  reduce(options: { unitsPerStep?: number; delayMs?: number }): Promise<number>
}

const id = z.number().int().positive()
const bodies = {
  product: z.strictObject({ productId: id }),
  item: z.strictObject({ itemId: id }),
  reduce: z.strictObject({
    unitsPerStep: z.number().int().positive().optional(),
    delayMs: z.number().int().min(0).optional(),
  }),
  stock: z.strictObject({ itemId: id, availableCount: z.number().int().min(0) }),
}

/** What the control port can do to the shop of a node. */
export function storeControlActions(shop: StoreActions): ControlAction[] {
  function found<T>(value: T | undefined, what: string): T {
    if (!shop.products()) throw new InventoryNotReady('the inventory is still loading')
    if (value === undefined) throw new UnknownId(`there is no ${what}`)
    return value
  }
  const productOf = (productId: number) => shop.products()?.find((product) => product.id === productId)

  return [
    controlAction(['/release', 'Puts a product on sale.'], bodies.product, async ({ productId }) => {
      await shop.release(productId)
      return { ok: true }
    }),
    controlAction(['/sell', 'Sells one unit of an item.'], bodies.item, async ({ itemId }) => {
      if (!(await shop.sell(itemId))) throw new ActionRefused(409, 'out_of_stock')
      return { ok: true }
    }),
    controlAction(['/reduce', 'Sells everything, in steps.'], bodies.reduce, async ({ unitsPerStep, delayMs }) => {
      const sold = await shop.reduce({ ...(unitsPerStep && { unitsPerStep }), ...(delayMs && { delayMs }) })
      return { ok: true, sold }
    }),
    controlAction(['/notify/release', 'Announces the release of a product again.'], bodies.product, ({ productId }) => {
      shop.notifications.released(found(productOf(productId), `product ${productId}`))
      return { ok: true, result: 'broadcast' }
    }),
    controlAction(['/notify/stock', 'Announces a stock level.'], bodies.stock, ({ itemId, availableCount }) => {
      const before = found(shop.item(itemId), `item ${itemId}`)
      return { ok: true, result: shop.notifications.stockChange({ before, after: { ...before, availableCount } }) }
    }),
  ]
}
