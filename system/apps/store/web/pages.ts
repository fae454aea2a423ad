import { escapeHtml } from '../../../platform/html.ts'
import { levelOf, type Product, type Thresholds } from '../catalog/product.ts'
import { layout, type ScriptOptions, type Visit } from './layout.ts'
import { shoe } from './shoe.ts'
import { sizeSelector } from './size-selector.ts'

export interface PageOptions extends ScriptOptions {
  thresholds: Thresholds
}

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
  { thresholds, ...script }: PageOptions,
  visit: Visit,
): string {
  const listings = products.map((product) => listing(product, thresholds)).join('\n')
  return layout({
    main: `<main class="product-list">\n<h1 class="visually-hidden">Our shoes</h1>\n${listings}\n${legend}\n</main>`,
    visit,
    script,
  })
}
