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
  /** Who looks at the page; nobody in particular on pages without scripts. */
  visit?: Visit
  script?: ScriptOptions
  /** Values for the page's script, by their names. */
  globals?: Record<string, unknown>
  /** Where the cart is; default: after `main`, in a place of its own. */
  cart?: 'in main' | 'none'
  /** The page has a live view, which the generic client joins (LV-17). */
  isLive?: boolean
}

const bodyData = ({ clientHeartbeatMs }: ScriptOptions) => ` data-heartbeat-ms="${clientHeartbeatMs}"`

const assignments = (globals: Record<string, unknown>) =>
  Object.entries(globals)
    .map(([name, value]) => `window.${name} = ${toScript(value)}`)
    .join('; ')

/** `<div id="cart-container"></div>` and `window.cartId`, which the page's script lives on (CT-17). */
export const cartContainer = '<div id="cart-container" class="cart" aria-live="polite"></div>'

const moduleScript = (name: string) => `<script type="module" src="/assets/${name}.js"></script>`

/** The cart stands outside of the live view, whose patches therefore leave it alone (LV-25). */
function scripts({ visit, script, globals, cart, isLive }: Layout): string {
  if (!visit || !script) return ''
  const own = { ...(cart !== 'none' && { cartId: visit.cartId }), csrfToken: visit.formToken, ...globals }
  return [
    ...(cart === undefined ? [cartContainer] : []),
    `<script>${assignments(own)}</script>`,
    ...(cart === 'none' ? [] : [moduleScript('app')]),
    ...(isLive ? [moduleScript('live')] : []),
  ].join('\n')
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
${scripts(page)}
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
