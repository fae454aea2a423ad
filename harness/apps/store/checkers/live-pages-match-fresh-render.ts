import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'
import type { LiveSight } from '../sights.ts'

/** A live page shows what it would show if it were loaded now, to the letter, whichever node serves it (LV-5, LV-13, DF-117). */
export const livePagesMatchFreshRender: Checker = {
  name: 'live-pages-match-fresh-render',
  invariant: 'after settling, every live page of the shop is, letter by letter, what every node renders afresh',
  check(history) {
    const pages = history.finals<LiveSight>('live-page')
    const renders = Map.groupBy(history.finals<LiveSight>('live-render'), ({ value }) => value.path)
    if (pages.length === 0) return unknown('no live page was open in the end')
    for (const page of pages) {
      const fresh = renders.get(page.value.path) ?? []
      if (fresh.length === 0) return unknown(`no node was asked for ${page.value.path}`)
      if (fresh.some(({ value }) => value.html === '')) return unknown(`a node shows nothing at ${page.value.path}`)
      const other = fresh.find(({ value }) => value.html !== page.value.html)
      if (other)
        return violated(
          `stale live page: ${page.who} on ${page.node} shows ${excerptOf(page.value.html, other.value.html)}, and a fresh page of ${other.node} ${excerptOf(other.value.html, page.value.html)}`,
          { who: page.who, node: other.node, path: page.value.path, expected: other.value.html, seen: page.value.html },
        )
    }
    return passed(`${count(pages.length, 'live page equals', 'live pages equal')} their fresh renderings`)
  },
}

const excerptLength = 80

/** Where one text begins to differ from another. */
function excerptOf(html: string, other: string): string {
  let at = 0
  while (at < html.length && html[at] === other[at]) at += 1
  return `"${html.slice(Math.max(0, at - excerptLength / 2), at + excerptLength / 2)}"`
}
