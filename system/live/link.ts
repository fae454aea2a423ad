import { html } from './template.ts'
import type { AttributeBag, Rendered, Value } from './value.ts'

interface LinkAttributes {
  /** The same view at another address. */
  patch?: string
  /** Another view of the same live session. */
  navigate?: string
  /** Any address, with a page load. */
  href?: string
  /** Takes the place of the current entry of the browser's history. */
  replace?: boolean
  /** Another method than GET, for `href`; `csrfToken` proves that the page is the application's own. */
  method?: string
  csrfToken?: string
  attributes?: AttributeBag
}

/** A link: `link({ navigate: '/nav/b' }, 'B')`. */
export const link = (attributes: LinkAttributes, content: Value): Rendered =>
  html`<a ${attributesOf(attributes)}>${content}</a>`

function attributesOf({ patch, navigate, href, replace = false, method, csrfToken, attributes }: LinkAttributes) {
  const own = attributes ?? {}
  const to = patch ?? navigate
  if (to !== undefined) {
    const kind = patch === undefined ? 'redirect' : 'patch'
    return { href: to, 'data-phx-link': kind, 'data-phx-link-state': replace ? 'replace' : 'push', ...own }
  }
  if (method === undefined) return { href, ...own }
  return { href, 'data-method': method, 'data-csrf': csrfToken, 'data-to': href, ...own }
}
