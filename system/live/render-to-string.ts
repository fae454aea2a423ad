import { bodyUnit, renderRoot } from './render.ts'
import { toHtml } from './tree.ts'
import type { Rendered } from './value.ts'

/** A template as text, for documents around live pages. Throws on components and live views: these need a page. */
export function renderToString(rendered: Rendered): string {
  const tree = renderRoot(
    bodyUnit(() => rendered),
    undefined,
    { changed: new Set(), component: needsPage, nested: needsPage, streamed: () => {} },
  )
  return toHtml(tree, needsPage)
}

function needsPage(): never {
  throw new TypeError('components and nested views can only stand in a live page')
}
