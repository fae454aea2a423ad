import { html, type Rendered, type Value } from '../../../live/index.ts'
import type { Item, Level, Product } from '../catalog/product.ts'
import { shoe } from './shoe.ts'
import { type Size, sizesOf, sizeTemplate } from './size-selector.ts'

/** A product as the page of all products shows it. */
export interface Listing extends Pick<Product, 'id' | 'brand' | 'name' | 'color' | 'priceUsd' | 'released'> {
  readonly sizes: readonly Size[]
}

export const toListing = (product: Product, levelOfItem: (item: Item) => Level): Listing => {
  const { id, brand, name, color, priceUsd, released } = product
  return { id, brand, name, color, priceUsd, released, sizes: sizesOf(product, levelOfItem) }
}

const placeholder = (id: number) => html`<div class="product-soon product-soon-${id}">coming soon...</div>`

/** One product, which waits for its release or offers its sizes (ST-40, ST-41). */
export const listingTemplate = ({ id, brand, name, color, priceUsd, released, sizes }: Listing): Rendered =>
  html`<article class="product-listing" data-product-id="${id}">
<div class="product-picture product-picture--${color}">${shoe(color, `${brand} ${name}`)}</div>
<div class="product-facts">
<p class="product-brand">${brand}</p>
<h2>${name}</h2>
<p class="product-color">${color}</p>
<p class="product-price">$${priceUsd}</p>
${released ? sizeTemplate(sizes) : placeholder(id)}
</div>
</article>`

/** The whole content of `/` and `/drops`, around whatever renders the listings (LV-19). */
export const productList = (listings: Value): Rendered => html`<main class="product-list">
<h1 class="visually-hidden">Our shoes</h1>
${listings}
<ul class="legend" aria-label="Stock levels"><li class="legend--high">plenty</li><li class="legend--medium">going</li><li class="legend--low">few left</li><li class="legend--out">sold out</li></ul>
</main>`
