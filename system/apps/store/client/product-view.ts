const levelPrefix = 'size-container__entry--level-'

/** Replaces every placeholder of a product by its sizes; repeating it does no harm (ST-25, ST-41). */
export function applyRelease(productId: string, sizeHtml: string) {
  for (const placeholder of document.querySelectorAll(`.product-soon-${productId}`)) placeholder.outerHTML = sizeHtml
}

/** Shows an item's level on all its buttons, and disables them when it is `out` (ST-43). */
export function applyStockChange({ item_id, level }: { item_id: number; level: string }) {
  const buttons = document.querySelectorAll<HTMLButtonElement>(`.size-container__entry[value='${item_id}']`)
  for (const button of buttons) {
    const others = [...button.classList].filter((name) => name.startsWith(levelPrefix))
    button.classList.remove(...others)
    button.classList.add(`${levelPrefix}${level}`)
    button.disabled = level === 'out'
  }
}
