import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'
import { firstById } from '../first-by-id.ts'
import type { Rendering } from '../sights.ts'

/** An open page shows what it would show after a reload, whichever node serves it (ST-58, DF-1, DF-2). */
export const viewsMatchFreshRender: Checker = {
  name: 'views-match-fresh-render',
  invariant: 'after settling, every open page equals a fresh rendering by every node',
  check(history) {
    const views = history.finals<Rendering>('view')
    const fresh = history.finals<Rendering>('fresh-render')
    if (views.length === 0 || fresh.length === 0)
      return unknown(`${views.length} open pages and ${fresh.length} fresh renderings: nothing to compare`)
    if (fresh.some(({ value }) => value.products.length === 0))
      return unknown('a fresh rendering shows no product at all')
    // Equal views and equal renderings are compared only once.
    const renders = distinct(fresh)
    for (const view of distinct(views)) {
      for (const render of renders) {
        const difference = firstDifference(view.value, render.value)
        if (difference)
          return violated(`stale view: ${view.who} differs from a fresh rendering by ${render.node}: ${difference}`, {
            who: view.who,
            node: render.node,
            expected: render.value,
            seen: view.value,
          })
      }
    }
    return passed(
      `${count(views.length, 'open page equals', 'open pages equal')} the fresh renderings of ${count(fresh.length, 'node')}`,
    )
  },
}

/** Returns the first of each group with equal renderings. */
const distinct = <T extends { value: Rendering }>(finals: readonly T[]): T[] =>
  [...Map.groupBy(finals, ({ value }) => JSON.stringify(value)).values()].map(([first]) => first!)

function firstDifference(shown: Rendering, fresh: Rendering): string | undefined {
  const [shownById, freshById] = [firstById(shown.products), firstById(fresh.products)]
  const extra = shown.products.find(({ id }) => !freshById.has(id))
  if (extra) return `product ${extra.id} is shown and should not be`
  for (const product of fresh.products) {
    const other = shownById.get(product.id)
    if (!other) return `product ${product.id} is not shown`
    if (other.soon !== product.soon)
      return `product ${product.id} ${other.soon ? 'still says coming soon' : 'is shown as released'}`
    const difference = differentSize(other.sizes, product.sizes)
    if (difference) return difference
  }
  return shown.products.length === fresh.products.length ? undefined : 'a product is shown twice'
}

type Sizes = Rendering['products'][number]['sizes']

function differentSize(shown: Sizes, fresh: Sizes): string | undefined {
  const byItem = firstById(shown.map((size) => ({ id: size.itemId, size })))
  for (const size of fresh) {
    const same = byItem.get(size.itemId)?.size
    if (same?.level !== size.level)
      return `item ${size.itemId} shows ${same?.level ?? 'nothing'} instead of ${size.level}`
    if (same.disabled !== size.disabled) return `item ${size.itemId} is ${same.disabled ? '' : 'not '}disabled`
  }
  return shown.length === fresh.length ? undefined : `${shown.length} sizes are shown instead of ${fresh.length}`
}
