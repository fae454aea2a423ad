import {
  type Compared,
  describeDifference,
  isOnSale,
  jsonInOrder,
  Mismatch,
  type ScenarioContext,
  type Tab,
} from '../harness/index.ts'

type StoreContext = ScenarioContext<'store'>

/** Another address of this machine, from which a node sees requests come; undefined where it cannot tell: only on the loopback interface of Linux. */
export const otherAddress = ({ pid }: { pid?: number | undefined }, address: string): string | undefined =>
  process.platform === 'linux' && pid !== undefined ? address : undefined

/** Words that several scenarios share. */
type Listing = 'soon' | 'sizes'

const seenWithinMs = 8_000

/** Opens the shop in a browser of one's own and waits until it listens. */
export async function openShop(
  context: StoreContext,
  name: string,
  node: string,
  options: { bfcache?: boolean } = {},
): Promise<Tab> {
  const tab = await (await context.shopper(name, options)).open(node)
  await listens(context, tab)
  return tab
}

/** A tab of a shopper who is there already: the first, unless it says otherwise. */
export const theTab = (context: StoreContext, name: string, index = 0): Tab => tabOf(context.shoppers(), name, index)

/** The dashboard of somebody who runs the shop. */
export const theDashboard = (context: StoreContext, name: string): Tab => tabOf(context.admins(), name, 0)

function tabOf(people: ReturnType<StoreContext['shoppers']>, name: string, index: number): Tab {
  const tab = people.find((one) => one.name === name)?.tabs[index]
  if (!tab) throw new Error(`${name} has no tab open`)
  return tab
}

/** Everything on sale, and one shopper with tabs on two nodes. */
export async function openTwoTabs(context: StoreContext, name: string, nodes: readonly [string, string]) {
  await releaseBoth(context, 'n1')
  for (const node of nodes) await openShop(context, name, node)
}

/** Everything on sale, and a shopper who has filled a cart and opened the checkout page in a second tab, on this node. */
export async function goToCheckout(context: StoreContext, name: string, cart: readonly number[], node: string) {
  await releaseBoth(context, 'n1')
  const shop = await openShop(context, name, 'n1')
  for (const itemId of cart) await putIn(context, shop, itemId)
  await seesIn(context, await openPage(context, name, node, '/checkout'), inCart(...cart))
}

/** What is seen instead of what should be: `sees` completes "alice sees ...", and the values are for the diff of a report. */
interface Difference extends Compared {
  sees: string
}

export type Look = (tab: Tab) => Promise<true | string | Difference>

/** What each listing shows, and nothing of the other kind. */
export const listings =
  (expected: Record<number, Listing>): Look =>
  async (tab) => {
    const { products } = await tab.rendering()
    const shown = Object.fromEntries(
      products.map(({ id, soon, sizes }) => [id, soon ? 'soon' : sizes.length > 0 ? 'sizes' : 'nothing']),
    )
    const same = Object.entries(expected).every(([id, kind]) => shown[id] === kind)
    return same || { sees: listingsSeen(shown, expected), expected, seen: shown }
  }

const listingNames: Record<string, string> = { soon: "'coming soon'", sizes: 'its sizes', nothing: 'nothing' }

function listingsSeen(shown: Record<string, string>, expected: Record<number, Listing>): string {
  const [id, kind] = Object.entries(expected).find(([product, listing]) => shown[product] !== listing)!
  const seen = listingNames[shown[id] ?? 'nothing']
  return `${seen} for product ${id}, expected ${listingNames[kind]}`
}

/** The level of one item's button. */
export const level =
  (itemId: number, expected: string): Look =>
  async (tab) => {
    const { products } = await tab.rendering()
    const found = products.flatMap(({ sizes }) => sizes).filter((size) => size.itemId === String(itemId))
    const seen = found.map((size) => size.level)
    const sees = `item ${itemId} ${seen.length === 0 ? 'nowhere' : `as ${seen.join(' and as ')}`}, expected ${expected}`
    return (seen.length === 1 && seen[0] === expected) || { sees, expected: [expected], seen }
  }

/** Every size of every released product is sold out. */
export const soldOut: Look = async (tab) => {
  const { products } = await tab.rendering()
  const left = products.flatMap(({ sizes }) => sizes).filter((size) => size.level !== 'out' || !size.disabled)
  return left.length === 0 || `${left.length} sizes are not sold out`
}

/** Waits until a shopper sees it; fails with what is seen instead. */
export async function sees(context: StoreContext, name: string, look: Look) {
  await seesIn(context, theTab(context, name), look)
}

export async function seesIn(context: StoreContext, tab: Tab, look: Look) {
  let last: Awaited<ReturnType<Look>> = true
  await context
    .until(`${tab.who} sees it`, seenWithinMs, async () => {
      last = await look(tab)
      return last === true
    })
    .catch((error: Error) => {
      if (last === true) throw error
      if (typeof last === 'string') throw new Error(`${tab.who} sees ${last}`)
      throw new Mismatch(`${tab.who} sees ${last.sees}`, { expected: last.expected, seen: last.seen })
    })
}

/** Waits until a tab shows what the database has; the difference is said by `nothingWasWrong`. */
export async function seesTheTruth(context: StoreContext, tab: Tab, when: string) {
  let difference: string | undefined
  const isTrue = async () => {
    difference = await context.differenceIn(tab)
    // Once something is wrong, nothing is gained by waiting for the rest.
    return difference === undefined || context.scratch.has('wrong')
  }
  await look(context, () =>
    context.until(`${tab.who} shows what the database has`, seenWithinMs, isTrue).catch(() => {
      throw new Error(`${when} ${tab.who} (${tab.node}) shows ${difference}`)
    }),
  )
}

/** The operation must have succeeded. */
export function succeeded({ kind, ...rest }: { kind: string; error?: string }, what: string) {
  if (kind !== 'ok') throw new Error(`${what} ended ${kind}: ${rest.error ?? ''}`)
}

/** The operation must not have been answered as done. */
export function notDone({ kind }: { kind: string }, what: string) {
  if (kind === 'ok') throw new Error(`${what} was answered as done`)
}

/** Publishes a number of numbered messages from each node, a little apart. */
export async function publishFrom(context: ScenarioContext, nodes: readonly string[], times: number) {
  for (let n = 0; n < times; n += 1) for (const node of nodes) await context.publish(node)
}

/** A listener on every node. */
export async function listenEverywhere(context: ScenarioContext) {
  for (const { name } of context.cluster.nodes) await (await context.client(`listener-${name}`, name)).join('ping')
}

/** How many others the nodes see, all together: three nodes that see each other are six sights. */
export async function sightings(context: ScenarioContext): Promise<number> {
  const states = await Promise.all(context.cluster.nodes.map(({ control }) => control.state()))
  return states.flatMap(({ peers }) => Object.values(peers)).filter(({ connected }) => connected).length
}

/** A fresh token of a user, as the demo page has it. */
export async function tokenOf(context: ScenarioContext, node: string, userId: number): Promise<string> {
  const page = await (await fetch(`${context.cluster.node(node).directUrl}/hello/tracked?user_id=${userId}`)).text()
  const [, token] = /window\.authToken = "([^"]+)"/.exec(page) ?? []
  if (!token) throw new Error(`the demo page of ${node} holds no token`)
  return token
}

/** Puts both products on sale and waits until every node knows. */
export async function releaseBoth(context: StoreContext, node: string) {
  for (const id of [1, 2]) succeeded(await context.release(node, id), 'release')
  await context.until('every node knows of the releases', seenWithinMs, () => isOnSale(context.cluster))
}

/** Opens one more page of somebody's and waits until it listens. */
export async function openPage(
  context: StoreContext,
  name: string,
  node: string,
  path: string,
  options: Parameters<StoreContext['shopper']>[1] = {},
): Promise<Tab> {
  const tab = await (await context.shopper(name, options)).open(node, path)
  await listens(context, tab)
  return tab
}

export async function listens(context: StoreContext, tab: Tab) {
  await context.until(`${tab.who} is joined`, seenWithinMs, async () => {
    const { connected, expected, joined } = await tab.joins()
    return connected && expected.length > 0 && joined.length === expected.length
  })
}

/** Opens the dashboard and waits until it has numbers. */
export async function openDashboard(context: StoreContext, name: string, node: string): Promise<Tab> {
  const tab = await (await context.admin(name)).open(node, '/admin')
  await listens(context, tab)
  return tab
}

/** Clients of the store of every kind on one node: a page, a dashboard, and a shopper without a browser. All must be back in the end. */
export async function enterAllKinds(context: StoreContext, node: string) {
  await Promise.all([openShop(context, 'eva', node), enterBeside(context, node)])
}

/** The same for a scenario that has a page already. */
export async function enterBeside(context: StoreContext, node: string) {
  await Promise.all([openDashboard(context, 'boss', node), context.wireShopper('eli', node, { page: '/' })])
}

/** The items of a cart as a tab shows it, in its order. */
export const inCart =
  (...itemIds: number[]): Look =>
  async (tab) => {
    const seen = (await tab.cart())?.items.map(({ id }) => id)
    const sees = `${seen ? itemsIn(seen) : 'nothing'} in the cart, expected ${itemsIn(itemIds)}`
    return seen?.join() === itemIds.join() || { sees, expected: itemIds, seen: seen ?? null }
  }

const itemsIn = (ids: readonly number[]) =>
  ids.length === 0 ? 'no item' : `${ids.length === 1 ? 'item' : 'items'} ${ids.join(', ')}`

/** The items of a cart that a tab shows as sold out. */
export const grayed =
  (...itemIds: number[]): Look =>
  async (tab) => {
    const items = (await tab.cart())?.items ?? []
    const gray = items.filter(({ outOfStock }) => outOfStock).map(({ id }) => id)
    const sees = `${itemsIn(gray)} as sold out, expected ${itemsIn(itemIds)}`
    return gray.join() === itemIds.join() || { sees, expected: itemIds, seen: gray }
  }

/** Clicks a size and waits until the cart has it. */
export async function putIn(context: StoreContext, tab: Tab, itemId: number) {
  await tab.add(itemId)
  await context.until(`${tab.who} has item ${itemId}`, seenWithinMs, async () => hasItem(tab, itemId))
}

export const hasItem = async (tab: Tab, itemId: number) =>
  (await tab.cart())?.items.some(({ id }) => id === itemId) === true

/** Clicks the cross of an item and waits until it is gone. */
export async function takeOut(context: StoreContext, tab: Tab, itemId: number) {
  await tab.remove(itemId)
  await context.until(`${tab.who} is rid of item ${itemId}`, seenWithinMs, async () => !(await hasItem(tab, itemId)))
}

interface Counts {
  shoppers: number
  pages?: Record<string, number>
  items?: Record<string, number>
}

/** What a dashboard counts. */
export const counts =
  ({ shoppers, pages, items }: Counts): Look =>
  async (tab) => {
    const seen = await tab.dashboard()
    const same = (a: object | undefined, b: object) =>
      !a || JSON.stringify(sortedByKey(a)) === JSON.stringify(sortedByKey(b))
    const isSame = seen.shoppers === shoppers && same(pages, seen.pages) && same(items, seen.items)
    const expected = { shoppers, ...(pages && { pages }), ...(items && { items }) }
    return isSame || { sees: 'other counts than there are', expected, seen }
  }

const sortedByKey = (record: object) => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))

/** A shopper whose attempt had no certain end tries the next one on another node, which must reach the database again too. */
export async function everyNodeIsReady(context: ScenarioContext) {
  await context.until('every node is ready', 10_000, async () => {
    const states = await Promise.all(context.cluster.nodes.map(({ control }) => control.ready()))
    return states.every(({ ready }) => ready)
  })
}

/** How many units of these items were sold, as the database has it. */
export async function soldUnits(context: StoreContext, ...itemIds: number[]): Promise<number[]> {
  const { products } = await context.readStock()
  const items = products.flatMap((product) => product.items)
  return itemIds.map((id) => items.find((item) => item.id === id)!.soldUnits)
}

/** The connections of a node that are not to the sockets of HelloSockets, where the background is. */
export const connectionsToStore = <C extends { socket: string }>(connections: readonly C[]): C[] =>
  connections.filter(({ socket }) => !socket.startsWith('HelloSockets.'))

/** Fails with what is, when it is not what it should be. The order of keys does not count. */
export function mustBe(seen: unknown, expected: unknown, what: string) {
  if (jsonInOrder(seen) === jsonInOrder(expected)) return
  throw new Mismatch(`${what}: ${describeDifference(seen, expected)}`, { expected, seen })
}

/** The same for how operations ended: one that was not answered in time proves nothing, and one that a node could not finish does. */
export function mustHaveEnded(
  context: Pick<ScenarioContext, 'notReached' | 'recorder'>,
  seen: unknown,
  expected: unknown,
  what: string,
) {
  const ends = [seen].flat()
  const wanted = [expected].flat()
  const unexpected = ends.filter((end, index) => end !== wanted[index])
  const isLate = unexpected.includes('timeout') || (unexpected.includes('unsure') && hasTimedOut(context))
  if (isLate) context.notReached(`${what}: not answered in time (${ends.join(', ')})`)
  mustBe(seen, expected, what)
}

const hasTimedOut = ({ recorder }: Pick<ScenarioContext, 'recorder'>) =>
  recorder.events.some(({ type, error = '' }) => type === 'unsure' && /no answer within|time(d |-)?out/i.test(error))

/**
 * Looks at something in the middle of a step. A step that throws proves nothing, so what is wrong is kept, and `nothingWasWrong` says it
 * after the step.
 */
export async function look(context: Pick<ScenarioContext, 'scratch'>, check: () => unknown) {
  try {
    await check()
  } catch (error) {
    if (!context.scratch.has('wrong')) context.scratch.set('wrong', error)
  }
}

/** The same for a value that is there already. An answer that did not come in time proves nothing. */
export const lookIf = (
  context: Pick<ScenarioContext, 'scratch' | 'notReached'>,
  seen: unknown,
  expected: unknown,
  what: string,
) =>
  seen === 'timeout'
    ? context.notReached(`${what} was not answered in time`)
    : look(context, () => mustBe(seen, expected, what))

/** The expectation after a step that looked. */
export async function nothingWasWrong({ scratch }: Pick<ScenarioContext, 'scratch'>) {
  if (!scratch.has('wrong')) return
  const wrong = scratch.get('wrong')
  throw wrong instanceof Error ? wrong : new Error(String(wrong))
}

/** Everything so far in which somebody was sent an event. */
export const received = (context: ScenarioContext, who: string, event: string) =>
  context.recorder.events.filter((one) => one.type === 'receive' && one.who === who && one.event === event)
