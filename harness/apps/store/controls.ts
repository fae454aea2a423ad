import { z } from 'zod'
import type { AppButton, AppControls, AppView } from '../../app.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { CoreContext } from '../../context.ts'
import { neverOversold } from './checkers/never-oversold.ts'
import { nodesAgreeWithDatabase } from './checkers/nodes-agree-with-database.ts'
import { ordersChargedOnce } from './checkers/orders-charged-once.ts'
import { pagesMatchDatabase } from './checkers/pages-match-database.ts'
import { pagesServedProperly } from './checkers/pages-served-properly.ts'
import { purchasesLinearizable } from './checkers/purchases-linearizable.ts'
import { type StoreState, storeControl } from './control.ts'
import { readCatalogue, readStock } from './database.ts'
import type { createOperations } from './operations.ts'

type StoreContext = CoreContext & ReturnType<typeof createOperations>

const aProduct = z.object({ productId: z.number().int() })
const anItem = z.object({ itemId: z.number().int() })

/** Counts are conserved whoever buys; the order of purchases cannot be judged where people buy of whom the history does not know. */
const neverOversoldIfSold = {
  ...neverOversold,
  needs: (history) => history.of('invoke', 'sell').length > 0,
} satisfies typeof neverOversold

/** Release and sell, and the shelf that they change. */
export const storeControls: AppControls<StoreContext> = {
  operations: {
    release: {
      title: 'Release',
      run: (context, node, value) => context.release(node, aProduct.parse(value).productId),
    },
    sell: { title: 'Sell one', run: (context, node, value) => context.sell(node, anItem.parse(value).itemId) },
  },
  checkers: [neverOversoldIfSold, nodesAgreeWithDatabase, pagesMatchDatabase, pagesServedProperly],
  neverJudged: {
    [purchasesLinearizable.name]: 'cannot judge here: people may buy of whom the history knows nothing',
    [ordersChargedOnce.name]: 'cannot judge here: orders of people are in the database too',
  },
  look,
  readNow: async ({ database }) => [
    { who: 'harness', type: 'final', operation: 'database', value: await readStock(database) },
  ],
}

async function look(cluster: Cluster): Promise<AppView> {
  const [{ products }, carts] = await Promise.all([readCatalogue(cluster.database), cartsOf(cluster)])
  const titles = new Map(products.flatMap(({ name, items }) => items.map(({ id, size }) => [id, `${name}, ${size}`])))
  return {
    groups: products.map(({ id, name, brand, released, items }) => ({
      title: `${brand} ${name}`,
      note: released ? 'on sale' : 'coming soon',
      ...(!released && { button: buttonOf('release', { productId: id }) }),
      rows: items.map((item) => ({
        title: `size ${item.size}`,
        value: `${item.availableCount} left`,
        ...(released && { button: buttonOf('sell', { itemId: item.id }) }),
      })),
    })),
    carts: carts.map(({ items }, index) => ({
      who: `cart ${index + 1}`,
      items: items.map((id) => titles.get(id) ?? `item ${id}`),
    })),
  }
}

const buttonOf = (operation: 'release' | 'sell', value: Record<string, unknown>): AppButton => ({
  operation,
  title: operation === 'release' ? 'Release' : 'Sell one',
  value,
})

/** As the first node knows them that answers. */
async function cartsOf({ nodes }: Cluster): Promise<StoreState['carts']> {
  const states = nodes.filter(({ running }) => running).map(({ control }) => storeControl(control).state())
  return Promise.any(states).then(
    ({ carts }) => carts.filter(({ items }) => items.length > 0),
    () => [],
  )
}
