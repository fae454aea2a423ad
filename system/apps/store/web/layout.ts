import { escapeHtml } from '../../../platform/html.ts'
import { toScript } from '../../../platform/script.ts'

/** Who looks at a page. */
export interface Visit {
  cartId: string
  formToken: string
}

export interface ScriptOptions {
  clientHeartbeatMs: number
}

interface Layout {
  title?: string
  main: string
  /** Whose cart is on the page; none on pages that have no cart. */
  visit?: Visit
  script?: ScriptOptions
  /** Values for the page's script, by their names. */
  globals?: Record<string, unknown>
  /** The cart has its place in `main` already. */
  ownCart?: boolean
}

const bodyData = ({ clientHeartbeatMs }: ScriptOptions) => ` data-heartbeat-ms="${clientHeartbeatMs}"`

const assignments = (globals: Record<string, unknown>) =>
  Object.entries(globals)
    .map(([name, value]) => `window.${name} = ${toScript(value)}`)
    .join('; ')

/** `<div id="cart-container"></div>` and `window.cartId`, which the page's script lives on (CT-17). */
export const cartContainer = '<div id="cart-container" class="cart" aria-live="polite"></div>'

function liveParts({ visit, script, globals = {}, ownCart }: Layout): string {
  if (!visit || !script) return ''
  return `${ownCart ? '' : cartContainer}
<script>${assignments({ cartId: visit.cartId, csrfToken: visit.formToken, ...globals })}</script>
<script type="module" src="/assets/app.js"></script>`
}

export const layout = (page: Layout): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(page.title ?? 'Sneakers23')}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/app.css">
</head>
<body${page.script ? bodyData(page.script) : ''}>
<header class="site-header"><a class="brand" href="/">Sneakers<span>23</span></a><p>Live drops. What you see is what is left.</p></header>
${page.main}
${liveParts(page)}
<footer class="site-footer"><p>Free returns within 30 days. Stock levels update while you look.</p></footer>
</body>
</html>
`

/** What a shopper sees while the shop cannot answer truthfully. */
export const errorPage = (title: string, text: string): string =>
  layout({
    title: `${title} · Sneakers23`,
    main: `<main class="error-page"><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p><p><a class="link" href="/">To the shop</a></p></main>`,
  })
