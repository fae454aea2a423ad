import { levelOf, type Product, type Thresholds } from '../catalog/product.ts'
import { escapeHtml } from './html.ts'
import { shoe } from './shoe.ts'
import { sizeSelector } from './size-selector.ts'

export interface PageOptions {
  thresholds: Thresholds
  clientHeartbeatMs: number
  clientDefects: readonly string[]
}

const layout = (main: string, body = '') => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sneakers23</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/app.css">
</head>
<body${body}>
<header class="site-header"><a class="brand" href="/">Sneakers<span>23</span></a><p>Live drops. What you see is what is left.</p></header>
${main}
<footer class="site-footer"><p>Free returns within 30 days. Stock levels update while you look.</p></footer>
</body>
</html>
`

const sizesOf = (product: Product, thresholds: Thresholds) =>
  product.released
    ? sizeSelector(product, ({ availableCount }) => levelOf(availableCount, thresholds))
    : `<div class="product-soon product-soon-${product.id}">coming soon...</div>`

const listing = (
  product: Product,
  thresholds: Thresholds,
) => `<article class="product-listing" data-product-id="${product.id}">
<div class="product-picture product-picture--${escapeHtml(product.color)}">${shoe(product.color, escapeHtml(`${product.brand} ${product.name}`))}</div>
<div class="product-facts">
<p class="product-brand">${escapeHtml(product.brand)}</p>
<h2>${escapeHtml(product.name)}</h2>
<p class="product-color">${escapeHtml(product.color)}</p>
<p class="product-price">$${product.priceUsd}</p>
${sizesOf(product, thresholds)}
</div>
</article>`

const legend = `<ul class="legend" aria-label="Stock levels"><li class="legend--high">plenty</li><li class="legend--medium">going</li><li class="legend--low">few left</li><li class="legend--out">sold out</li></ul>`

/** All products (ST-39..42); each waits for its release or offers its sizes. */
export function productPage(
  products: readonly Product[],
  { thresholds, clientHeartbeatMs, clientDefects }: PageOptions,
): string {
  const defects = clientDefects.length > 0 ? ` data-defects="${escapeHtml(clientDefects.join(' '))}"` : ''
  const listings = products.map((product) => listing(product, thresholds)).join('\n')
  return layout(
    `<main class="product-list">\n${listings}\n${legend}\n</main>\n<script type="module" src="/assets/app.js"></script>`,
    ` data-heartbeat-ms="${clientHeartbeatMs}"${defects}`,
  )
}

/** What a shopper sees while the shop cannot answer truthfully. */
export const errorPage = (title: string, text: string): string =>
  layout(`<main class="error-page"><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></main>`)
