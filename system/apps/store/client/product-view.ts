import { hasDefect } from './page.ts'

const levelPrefix = 'size-container__entry--level-'

/** Swaps every placeholder of a product for its sizes; without a placeholder there is nothing to do (ST-25, ST-41). */
export function applyRelease(productId: string, sizeHtml: string) {
  const html = hasDefect('DF-142') ? ownTemplate(sizeHtml) : sizeHtml
  for (const placeholder of document.querySelectorAll(`.product-soon-${productId}`)) placeholder.outerHTML = html
}

/** DF-142: as the sizes looked when there were no levels yet. */
function ownTemplate(sizeHtml: string): string {
  const entries = sizeHtml.matchAll(/value="(\d+)"[^>]*>([^<]*)</g)
  const buttons = [...entries].map(
    ([, id, size]) =>
      `<button type="button" class="size-container__entry" name="item_id" value="${id}">${size}</button>`,
  )
  return `<div class="size-container">${buttons.join('')}</div>`
}

/** Shows an item's level on all its buttons; only `out` cannot be chosen (ST-43). */
export function applyStockChange({ item_id, level }: { item_id: number; level: string }) {
  const buttons = document.querySelectorAll<HTMLButtonElement>(`.size-container__entry[value='${item_id}']`)
  for (const button of buttons) {
    const others = [...button.classList].filter((name) => name.startsWith(levelPrefix))
    button.classList.remove(...others)
    button.classList.add(`${levelPrefix}${level}`)
    button.disabled = level === 'out'
  }
}
