import type { Cluster } from '../../cluster/cluster.ts'
import { patiently } from '../../cluster/services/sql.ts'
import type { NewEvent } from '../../history/operation.ts'
import { readCatalogue, readOrders, readStock } from './database.ts'
import { readPages } from './pages/read-pages.ts'
import { type People, tabsOf } from './people.ts'
import { fetchRendering } from './rendering.ts'

const final = (operation: string, value: unknown, who = 'harness', node?: string): NewEvent => ({
  who,
  type: 'final',
  operation,
  value,
  ...(node && { node }),
})

const fetchWithinMs = 5_000

/** Reads what all nodes and pages of the store hold and show at the end. */
export async function readFinals(cluster: Cluster, people: People): Promise<NewEvent[]> {
  const { nodes } = cluster
  const database = patiently(cluster.database)
  const finals = [final('database', await readStock(database)), final('catalogue', await readCatalogue(database))]
  for (const { name, directUrl } of nodes.filter(({ hasWeb }) => hasWeb))
    finals.push(final('fresh-render', await fetchRendering(`${directUrl}/`), 'fresh', name))
  finals.push(final('orders', await readOrders(database)), ...(await readPages(cluster)))
  for (const tab of people.shoppers().flatMap(({ tabs }) => tabs)) {
    const [rendering, cart] = [await tab.rendering(), await tab.cart()]
    if (rendering.products.length > 0) finals.push(final('view', rendering, tab.who, tab.node))
    if (cart) finals.push(final('cart', cart, tab.who, tab.node))
  }
  finals.push(...(await livePages(nodes, people)))
  finals.push(...cartsWithoutBrowser(people), ...(await ordersWithoutBrowser(cluster, people)))
  for (const launch of people.launches())
    finals.push(final('launch-pages', await launch.pages()), final('launch-figures', await launch.figures()))
  for (const tab of people.admins().flatMap(({ tabs }) => tabs))
    finals.push(final('dashboard', await tab.dashboard(), tab.who, tab.node))
  for (const tab of tabsOf(people)) {
    await tab.calmsDown()
    finals.push(final('open-page', await tab.sight(), tab.who, tab.node))
  }
  return finals
}

const orderPagesMax = 12

/** What shoppers without a browser bought, each as the node after their own shows it: any node must know the session and the order. */
async function ordersWithoutBrowser({ nodes }: Cluster, people: People): Promise<NewEvent[]> {
  const open = nodes.filter(({ hasWeb }) => hasWeb).map(({ name }) => name)
  const buyers = people.wireShoppers().filter((one) => one.boughtKey() !== undefined)
  return Promise.all(
    buyers.slice(0, orderPagesMax).map(async (buyer) => {
      const node = open[(open.indexOf(buyer.node) + 1) % open.length]!
      const { path, status, sight } = await buyer.orderPage(node)
      return final('order-page', { path, status, sight: sight(), key: buyer.boughtKey() }, buyer.name, node)
    }),
  )
}

const cartsWithoutBrowser = (people: People): NewEvent[] => [
  ...people.wireShoppers().map((one) => final('cart', one.cart(), one.name, one.node)),
  ...people.wireShoppers().map((one) => final('cart-lines', one.lines(), one.name, one.node)),
  ...people
    .crowds()
    .filter((crowd) => crowd.connectedCount() > 0)
    .flatMap((crowd) => crowd.carts().map((cart) => final('cart', cart, cart.shopper))),
]

/** Live pages whose state is that of the shop; others have one of their own, and no fresh page has the same. */
const shopPaths = new Set(['/drops', '/drops/by-component'])

/** What open live pages show, and what a fresh page of the same address shows, by every node. */
async function livePages(nodes: Cluster['nodes'], people: People): Promise<NewEvent[]> {
  const finals: NewEvent[] = []
  const fresh = new Set<string>()
  for (const tab of people.shoppers().flatMap(({ tabs }) => tabs)) {
    const sight = await tab.liveSight()
    if (!sight || !shopPaths.has(sight.path)) continue
    finals.push(final('live-page', sight, tab.who, tab.node))
    if (fresh.has(sight.path)) continue
    fresh.add(sight.path)
    for (const { name, directUrl } of nodes.filter(({ hasWeb }) => hasWeb)) {
      const page = await fetch(directUrl + sight.path, { signal: AbortSignal.timeout(fetchWithinMs) })
      finals.push(final('live-render', { ...sight, html: await tab.contentOf(await page.text()) }, 'fresh', name))
    }
  }
  return finals
}
