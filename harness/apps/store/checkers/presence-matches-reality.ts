import type { History } from '../../../history/history.ts'
import { type Checker, count, passed, unknown, type Verdict, violated } from '../../../verdict/checker.ts'
import type { PageGroup } from '../launch/page.ts'
import type { CartSight, DashboardSight } from '../sights.ts'

interface NodeCarts {
  carts?: { page: string | null; items: number[] }[]
  shoppers?: number
}

type Counts = Pick<DashboardSight, 'shoppers' | 'pages' | 'items'>

/** Dashboards and nodes count the connected shoppers, which the harness knows (PA-1, PA-4, PA-28, PA-38..PA-44, DF-91, DF-92, DF-95..DF-98). */
export const presenceMatchesReality: Checker = {
  name: 'presence-matches-reality',
  invariant:
    'after settling, every dashboard and every node counts the shoppers, pages and items that are really there, and all nodes list them in one order',
  check(history) {
    const tabs = history.finals<CartSight>('cart').map(({ value }) => value)
    const dashboards = history.finals<DashboardSight>('dashboard')
    const nodes = history.finals<NodeCarts>('node-state')
    if (dashboards.length + nodes.length === 0) return unknown('neither a dashboard nor a node was looked at')
    if (!wasThere(history)) return unknown('no shopper was ever there')
    const launched = history.finals<PageGroup[]>('launch-pages').flatMap(({ value }) => value)
    const real = withLaunched(countsOf(tabs), launched)
    const tabCount = tabs.length + pagesIn(launched)
    for (const { who, value } of dashboards) {
      const difference = firstDifference(value, real) ?? wordsDifference(value, real)
      if (difference)
        return violated(`dashboard ${who} shows ${difference}`, { who, expected: real, seen: countsIn(value) })
    }
    for (const { who, value } of nodes) {
      const difference = nodeDifference(value, real, tabCount)
      if (difference) return violated(`node ${who} knows ${difference}`, { who, real })
    }
    const disorder = disorderOf(nodes)
    if (disorder) return disorder
    return passed(
      `${count(dashboards.length, 'dashboard')} and ${count(nodes.length, 'node')} count ${count(real.shoppers, 'shopper')} in ${count(tabCount, 'tab')}`,
      { ...real },
    )
  },
}

/** All nodes know when and by whom an entry was tracked, and so they list the same entries in the same order, also those of one millisecond. */
function disorderOf(nodes: readonly { who: string; value: NodeCarts }[]): Verdict | undefined {
  const [first, ...others] = nodes.map(({ who, value: { carts = [] } }) => ({ who, carts: carts.map(describeCart) }))
  for (const { who, carts } of others) {
    const index = carts.findIndex((cart, n) => cart !== first!.carts[n])
    if (index >= 0)
      return violated(
        `another order: as number ${index + 1} of the carts ${first!.who} lists one ${first!.carts[index]}, and ${who} one ${carts[index]}`,
        { [first!.who]: first!.carts, [who]: carts },
      )
  }
  return undefined
}

const describeCart = ({ page, items }: NonNullable<NodeCarts['carts']>[number]) =>
  `on ${page ?? 'no page'} with ${items.length === 0 ? 'nothing' : `the items ${items.join(', ')}`}`

const countsIn = ({ shoppers, pages, items }: Counts): Counts => ({ shoppers, pages, items })
const wasThere = (history: History) =>
  history.of('receive').some(({ event }) => event === 'cart') || history.finals('launch-pages').length > 0

function countsOf(tabs: readonly CartSight[]): Counts {
  const items = new Map<string, Set<number>>()
  for (const tab of tabs) items.set(tab.shopper, new Set(tab.items.map(({ id }) => id)))
  return {
    shoppers: items.size,
    pages: tally(tabs.map(({ page }) => page)),
    items: tally([...items.values()].flatMap((ids) => [...ids].map(String))),
  }
}

const pagesIn = (groups: readonly PageGroup[]) => groups.reduce((sum, { pageCount }) => sum + pageCount, 0)

/** Adds the shoppers of a release day, each of whom has one page and a cart. */
function withLaunched({ shoppers, pages, items }: Counts, groups: readonly PageGroup[]): Counts {
  const all: Counts = { shoppers: shoppers + pagesIn(groups), pages: { ...pages }, items: { ...items } }
  for (const { page, cart, pageCount } of groups) {
    all.pages[page] = (all.pages[page] ?? 0) + pageCount
    for (const { id } of cart) all.items[id] = (all.items[id] ?? 0) + pageCount
  }
  return all
}

function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}

function firstDifference(shown: Counts, real: Counts): string | undefined {
  if (shown.shoppers !== real.shoppers) return `${shown.shoppers} shoppers, there are ${real.shoppers}`
  for (const kind of ['pages', 'items'] as const)
    for (const key of new Set([...Object.keys(shown[kind]), ...Object.keys(real[kind])])) {
      const [seen, there] = [shown[kind][key] ?? 0, real[kind][key] ?? 0]
      if (seen !== there) return `${seen} for ${kind === 'pages' ? 'the page' : 'the item'} ${key}, there are ${there}`
    }
  return undefined
}

/** What a dashboard says beside its numbers: the fullest page stands first, and only an empty shop is called empty. */
function wordsDifference({ listed = [], saysNobody }: DashboardSight, { pages, shoppers }: Counts): string | undefined {
  if (saysNobody !== undefined && saysNobody !== (shoppers === 0))
    return saysNobody
      ? `that nobody is here, there are ${shoppers} shoppers`
      : 'nothing of an empty shop, and nobody is here'
  const after = listed.findIndex((page, index) => index > 0 && (pages[page] ?? 0) > (pages[listed[index - 1]!] ?? 0))
  return after > 0 ? `the page ${listed[after - 1]} before ${listed[after]}, where more shoppers are` : undefined
}

function nodeDifference({ carts, shoppers }: NodeCarts, real: Counts, tabCount: number): string | undefined {
  if (!carts) return 'nothing of carts'
  if (carts.length !== tabCount) return `${carts.length} open carts, there are ${tabCount}`
  return shoppers === real.shoppers ? undefined : `${shoppers} shoppers, there are ${real.shoppers}`
}
