import type { Cluster } from '../../cluster/cluster.ts'
import type { NewEvent } from '../../history/operation.ts'
import { readOrders, readStock } from './database.ts'
import type { People } from './people.ts'
import { fetchRendering } from './rendering.ts'

const final = (operation: string, value: unknown, who = 'harness', node?: string): NewEvent => ({
  who,
  type: 'final',
  operation,
  value,
  ...(node && { node }),
})

/** Reads what all nodes and pages of the store hold and show at the end. */
export async function readFinals({ nodes, database }: Cluster, people: People): Promise<NewEvent[]> {
  const finals = [final('database', await readStock(database))]
  for (const { name, directUrl } of nodes.filter(({ hasWeb }) => hasWeb))
    finals.push(final('fresh-render', await fetchRendering(`${directUrl}/`), 'fresh', name))
  finals.push(final('orders', await readOrders(database)))
  for (const tab of people.shoppers().flatMap(({ tabs }) => tabs)) {
    const [rendering, cart] = [await tab.rendering(), await tab.cart()]
    if (rendering.products.length > 0) finals.push(final('view', rendering, tab.who, tab.node))
    if (cart) finals.push(final('cart', cart, tab.who, tab.node))
  }
  finals.push(...cartsWithoutBrowser(people))
  for (const tab of people.admins().flatMap(({ tabs }) => tabs))
    finals.push(final('dashboard', await tab.dashboard(), tab.who, tab.node))
  return finals
}

const cartsWithoutBrowser = (people: People): NewEvent[] => [
  ...people.wireShoppers().map((one) => final('cart', one.cart(), one.name, one.node)),
  ...people
    .crowds()
    .filter((crowd) => crowd.connectedCount() > 0)
    .flatMap((crowd) => crowd.carts().map((cart) => final('cart', cart, cart.shopper))),
]
