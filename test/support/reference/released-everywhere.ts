import type { Rendering } from '../../../harness/apps/store/sights.ts'
import { type Checker, passed, unknown, violated } from '../../../harness/verdict/checker.ts'

/** A release that succeeded is seen on every open page and by every node (ST-23, NF-6). */
export const releasedEverywhere: Checker = {
  name: 'released-everywhere',
  invariant: 'what was released is shown as released everywhere',
  check(history) {
    const released = history.of('ok', 'release').map(({ value }) => String((value as { productId: number }).productId))
    const places = [...history.finals<Rendering>('view'), ...history.finals<Rendering>('fresh-render')]
    if (released.length === 0 || places.length === 0) return unknown('no release succeeded, or nothing was looked at')
    for (const { who, node, value } of places) {
      const hidden = released.find((id) => value.products.find((product) => product.id === id)?.soon !== false)
      if (hidden) return violated(`not released: product ${hidden} as ${who} sees it on ${node}`, { who, node })
    }
    return passed(`${new Set(released).size} released products are seen in ${places.length} places`)
  },
}
