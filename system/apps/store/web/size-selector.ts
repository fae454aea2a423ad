import { escapeHtml } from '../../../platform/html.ts'
import type { Item, Level, Product } from '../catalog/product.ts'

/** The sizes of a released product. Page and live message both use it, so they look the same (ST-24, ST-42). */
export function sizeSelector({ items }: Product, levelOfItem: (item: Item) => Level): string {
  const entries = items.map((item) => {
    const { id, size } = item
    const level = levelOfItem(item)
    const disabled = level === 'out' ? ' disabled' : ''
    return `<button type="button" class="size-container__entry size-container__entry--level-${level}" name="item_id" value="${id}"${disabled}>${escapeHtml(size)}</button>`
  })
  return `<div class="size-container">${entries.join('')}</div>`
}
