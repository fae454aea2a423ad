import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'
import type { LaunchFigures, Spread } from '../launch/figures.ts'
import type { PageGroup } from '../launch/page.ts'
import { levelOf } from '../level.ts'
import type { Catalogue } from './stock.ts'

/** After settling, each of thousands of open pages shows the truth without a reload: releases, levels, and its cart (ST-2, NF-23). */
export const launchPagesRight: Checker = {
  name: 'launch-pages-right',
  invariant:
    'after settling, every page of a release day shows which products are on sale, the level of every size, and what of its cart is sold out, as the database has it',
  check(history) {
    const [catalogue] = history.finals<Catalogue>('catalogue')
    const groups = history.finals<PageGroup[]>('launch-pages').flatMap(({ value }) => value)
    const pageCount = groups.reduce((sum, one) => sum + one.pageCount, 0)
    if (!catalogue || pageCount === 0) return unknown('no page of a release day, or not the database, was looked at')
    for (const group of groups) {
      const difference = differenceIn(group, catalogue.value)
      if (difference === undefined) continue
      const pages = count(group.pageCount, 'page shows', 'pages show')
      return violated(`wrong pages: ${pages} ${difference}`, { group, pageCount })
    }
    const [figures] = history.finals<LaunchFigures>('launch-figures')
    const told = figures ? `; ${described(figures.value)}` : ''
    return passed(`${count(pageCount, 'page shows', 'pages show')} what the database holds${told}`, {
      pageCount,
      ...(figures && { figures: figures.value }),
    })
  },
}

function differenceIn({ state, cart }: PageGroup, { products }: Catalogue): string | undefined {
  for (const { id, released, items } of products) {
    const isShown = state.released.includes(id)
    if (isShown !== released) return `product ${id} as ${isShown ? 'on sale' : 'coming soon'}, and it is not`
    const wrong = isShown ? items.find((item) => state.levels[item.id] !== levelOf(item.availableCount)) : undefined
    if (wrong)
      return `item ${wrong.id} as ${state.levels[wrong.id] ?? 'nothing'}, and ${wrong.availableCount} of it are left`
  }
  const left = new Map(products.flatMap(({ items }) => items).map((item) => [item.id, item.availableCount]))
  const stale = cart.find(({ id, outOfStock }) => outOfStock !== (left.get(id) === 0))
  return stale && `item ${stale.id} of a cart as ${stale.outOfStock ? 'sold out' : 'available'}, and it is not`
}

const ms = ({ p50, p99, max }: Spread) => `p50 ${Math.round(p50)}, p99 ${Math.round(p99)}, max ${Math.round(max)} ms`

const described = ({ release, levels, heapKiloBytes }: LaunchFigures) =>
  `release seen after ${ms(release)}, levels ${ms(levels)} behind the first page, ${heapKiloBytes.toFixed(1)} KB of heap for each shopper`
