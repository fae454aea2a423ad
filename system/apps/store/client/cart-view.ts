export interface CartItem {
  id: number
  brand: string
  name: string
  color: string
  size: string
  price_usd: number
  out_of_stock: boolean
}

export interface CartPayload {
  items: CartItem[]
  serialized: string
}

/** Puts the cart into the page; an empty cart is not shown (CT-34, CT-37). */
export function renderCart({ items, serialized }: CartPayload) {
  const container = document.getElementById('cart-container')
  if (!container) return
  const focused = (document.activeElement as HTMLElement | null)?.dataset.itemId
  container.replaceChildren(...(items.length > 0 ? cartParts(items) : []))
  showCartLink(items.length)
  refocus(container, focused)
  fillForm(items, serialized)
}

function cartParts(items: readonly CartItem[]): HTMLElement[] {
  const isCheckout = document.querySelector('.checkout__form') !== null
  const goneCount = items.filter(({ out_of_stock }) => out_of_stock).length
  return [
    ...(isCheckout ? [] : [element('h2', 'cart__title', 'Your cart')]),
    element('ul', 'cart__items', ...items.map(row)),
    ...(goneCount > 0 ? [element('p', 'cart__warning', goneSentence(goneCount))] : []),
    element('p', 'cart__total', 'Total ', element('span', 'cart__amount', `$${totalOf(items)}`)),
    ...(isCheckout ? [] : [link('cart__checkout', '/checkout', 'Checkout')]),
  ]
}

/** Without what is sold out. */
const totalOf = (items: readonly CartItem[]) =>
  items.reduce((sum, { price_usd, out_of_stock }) => sum + (out_of_stock ? 0 : price_usd), 0)

const goneSentence = (goneCount: number) =>
  goneCount === 1
    ? 'One shoe has sold out. Take it out to buy the rest.'
    : `${goneCount} shoes have sold out. Take them out to buy the rest.`

function row(item: CartItem): HTMLElement {
  const remove = element('button', 'cart-item__remove', '×')
  remove.dataset.itemId = String(item.id)
  remove.setAttribute('type', 'button')
  remove.setAttribute('aria-label', `Remove ${item.name}, size ${item.size}`)
  const line = element(
    'li',
    `cart-item${item.out_of_stock ? ' cart-item--out-of-stock' : ''}`,
    element('span', 'cart-item__name', `${item.brand} ${item.name}`),
    element('span', 'cart-item__size', `size ${item.size}`),
    element('span', 'cart-item__price', item.out_of_stock ? 'sold out' : `$${item.price_usd}`),
    remove,
  )
  line.dataset.itemId = String(item.id)
  return line
}

function element(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag)
  made.className = className
  made.append(...children)
  return made
}

function link(className: string, href: string, text: string): HTMLElement {
  const made = element('a', className, text)
  made.setAttribute('href', href)
  return made
}

/** The way to the cart from the top of the page: on a phone it stands below all shoes. The checkout has it at the top anyway. */
function showCartLink(itemCount: number) {
  const header = document.querySelector('.site-header')
  if (!header || document.querySelector('.checkout__form')) return
  const known = header.querySelector('.cart-link')
  if (itemCount === 0) return known?.remove()
  const text = `Cart, ${itemCount} ${itemCount === 1 ? 'shoe' : 'shoes'}`
  if (known) known.textContent = text
  else header.append(link('cart-link', '#cart-container', text))
}

/** Keeps the focus in the cart after an item was removed by keyboard. */
function refocus(container: HTMLElement, itemId: string | undefined) {
  if (itemId === undefined) return
  const same = container.querySelector<HTMLElement>(`.cart-item__remove[data-item-id='${itemId}']`)
  const next = same ?? container.querySelector<HTMLElement>('.cart-item__remove')
  next?.focus()
}

/** On the checkout page: the cart that the button buys (CT-54). With nothing to buy there is no button (CT-58). */
function fillForm(items: readonly CartItem[], serialized: string) {
  const form = document.querySelector<HTMLFormElement>('.checkout__form')
  if (!form) return
  form.hidden = items.length === 0
  form.querySelector<HTMLInputElement>("[name='serialized']")!.value = serialized
  form.querySelector<HTMLButtonElement>('.checkout__buy')!.disabled = items.length === 0
  document.querySelector<HTMLElement>('.checkout__empty')!.hidden = items.length > 0
}

let messageTimer: number | undefined
const messageMs = 6_000

/** Shows one sentence to the shopper for a few seconds. */
export function say(sentence: string) {
  const place = toast()
  place.textContent = sentence
  clearTimeout(messageTimer)
  messageTimer = window.setTimeout(() => {
    place.textContent = ''
  }, messageMs)
}

function toast(): HTMLElement {
  const known = document.querySelector<HTMLElement>('.toast')
  if (known) return known
  const made = element('p', 'toast')
  made.setAttribute('role', 'status')
  document.body.append(made)
  return made
}
