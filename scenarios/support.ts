import type { Cast, Tab } from '../harness/index.ts'

/** Words that several stories share. */
type Listing = 'soon' | 'sizes'

const seenWithinMs = 8_000

/** Opens the shop in a browser of one's own and waits until it listens. */
export async function openShop(
  cast: Cast,
  name: string,
  node: string,
  options: { bfcache?: boolean } = {},
): Promise<Tab> {
  const tab = await (await cast.shopper(name, options)).open(node)
  await cast.until(`${name} is joined`, seenWithinMs, async () => {
    const { connected, expected, joined } = await tab.joins()
    return connected && expected.length > 0 && joined.length === expected.length
  })
  return tab
}

/** The first tab of a shopper who is there already. */
export function theTab(cast: Cast, name: string): Tab {
  const tab = cast.shoppers().find((shopper) => shopper.name === name)?.tabs[0]
  if (!tab) throw new Error(`${name} has no tab open`)
  return tab
}

export type Look = (tab: Tab) => Promise<true | string>

/** What each listing shows, and nothing of the other kind. */
export const listings =
  (expected: Record<number, Listing>): Look =>
  async (tab) => {
    const { products } = await tab.rendering()
    const shown = Object.fromEntries(
      products.map(({ id, soon, sizes }) => [id, soon ? 'soon' : sizes.length > 0 ? 'sizes' : 'nothing']),
    )
    const same = Object.entries(expected).every(([id, kind]) => shown[id] === kind)
    return same || JSON.stringify(shown)
  }

/** The level of one item's button. */
export const level =
  (itemId: number, expected: string): Look =>
  async (tab) => {
    const { products } = await tab.rendering()
    const found = products.flatMap(({ sizes }) => sizes).filter((size) => size.itemId === String(itemId))
    return (found.length === 1 && found[0]!.level === expected) || `item ${itemId}: ${JSON.stringify(found)}`
  }

/** Every size of every released product is sold out. */
export const soldOut: Look = async (tab) => {
  const { products } = await tab.rendering()
  const left = products.flatMap(({ sizes }) => sizes).filter((size) => size.level !== 'out' || !size.disabled)
  return left.length === 0 || `${left.length} sizes are not sold out`
}

/** Waits until a shopper sees it; fails with what is seen instead. */
export async function sees(cast: Cast, name: string, look: Look) {
  await seesIn(cast, theTab(cast, name), look)
}

export async function seesIn(cast: Cast, tab: Tab, look: Look) {
  let last = ''
  await cast
    .until(`${tab.who} sees it`, seenWithinMs, async () => {
      const answer = await look(tab)
      last = answer === true ? '' : answer
      return answer === true
    })
    .catch((error: Error) => {
      throw new Error(last ? `${tab.who} sees ${last}` : error.message)
    })
}

/** The operation must have succeeded. */
export function succeeded({ kind, ...rest }: { kind: string; error?: string }, what: string) {
  if (kind !== 'ok') throw new Error(`${what} ended ${kind}: ${rest.error ?? ''}`)
}

/** The operation must not have been answered as done. */
export function notDone({ kind }: { kind: string }, what: string) {
  if (kind === 'ok') throw new Error(`${what} was answered as done`)
}

/** Publishes so many numbered messages from each node, a little apart. */
export async function publishFrom(cast: Cast, nodes: readonly string[], times: number) {
  for (let n = 0; n < times; n += 1) for (const node of nodes) await cast.publish(node)
}

/** A listener on every node. */
export async function listenEverywhere(cast: Cast) {
  for (const { name } of cast.cluster.nodes) await (await cast.client(`listener-${name}`, name)).join('ping')
}

/** A fresh token of a user, as the demo page has it. */
export async function tokenOf(cast: Cast, node: string, userId: number): Promise<string> {
  const page = await (await fetch(`${cast.cluster.node(node).directUrl}/hello/tracked?user_id=${userId}`)).text()
  const [, token] = /window\.authToken = "([^"]+)"/.exec(page) ?? []
  if (!token) throw new Error(`the demo page of ${node} holds no token`)
  return token
}
