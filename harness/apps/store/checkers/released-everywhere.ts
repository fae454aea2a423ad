import { type Checker, passed, unknown, violated } from '../../../verdict/checker.ts'
import { firstById } from '../first-by-id.ts'
import type { Rendering } from '../sights.ts'

/** A successful release is visible on every open page and on every node (ST-23, NF-6). */
export const releasedEverywhere: Checker = {
  name: 'released-everywhere',
  invariant: 'what was released is shown as released everywhere',
  check(history) {
    const released = history.of('ok', 'release').map(({ value }) => String((value as { productId: number }).productId))
    const places = [...history.finals<Rendering>('view'), ...history.finals<Rendering>('fresh-render')]
    if (released.length === 0 || places.length === 0) return unknown('no release succeeded, or nothing was looked at')
    const ids = new Set(released)
    for (const { who, node, value } of places) {
      const shown = firstById(value.products)
      const hidden = [...ids].find((id) => shown.get(id)?.soon !== false)
      if (hidden) return violated(`not released: product ${hidden} as ${who} sees it on ${node}`, { who, node })
    }
    return passed(`${ids.size} released products are seen in ${places.length} places`)
  },
}
