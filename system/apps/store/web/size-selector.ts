import { each, html, type Rendered, renderToString } from '../../../live/index.ts'
import type { Item, Level, Product } from '../catalog/product.ts'

/** A size as a page shows it. */
export interface Size {
  readonly id: number
  readonly size: string
  readonly level: Level
}

const entry = ({ id, size, level }: Size) =>
  html`<button type="button" class="size-container__entry size-container__entry--level-${level}" name="item_id" value="${id}" disabled=${level === 'out'}>${size}</button>`

/** The sizes of a released product. Pages, live pages and messages all use it, so they look the same (ST-24, ST-42). */
export const sizeTemplate = (sizes: readonly Size[]): Rendered =>
  html`<div class="size-container">${each(sizes, { key: ({ id }) => id }, entry)}</div>`

export const sizesOf = ({ items }: Product, levelOfItem: (item: Item) => Level): Size[] =>
  items.map((item) => ({ id: item.id, size: item.size, level: levelOfItem(item) }))

/** The same as text. */
export const sizeSelector = (product: Product, levelOfItem: (item: Item) => Level): string =>
  renderToString(sizeTemplate(sizesOf(product, levelOfItem)))
