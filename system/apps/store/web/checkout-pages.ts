import { escapeHtml } from '../../../platform/html.ts'
import type { Product } from '../catalog/product.ts'
import type { Order } from '../checkout/purchase.ts'
import { cartContainer, layout, type ScriptOptions, type Visit } from './layout.ts'

interface CheckoutPage {
  visit: Visit
  script: ScriptOptions
  /** The same in every attempt at this order. */
  key: string
  /** What went wrong with the last attempt. */
  problem?: string
}

const hidden = (name: string, value: string) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`

/** The cart, as the page's script keeps it, and a button that buys it (CT-53, CT-54, CT-60). */
export const checkoutPage = ({ visit, script, key, problem }: CheckoutPage): string =>
  layout({
    title: 'Checkout · Sneakers23',
    main: `<main class="checkout">
<h1>Checkout</h1>
${problem ? `<p class="checkout__problem" role="alert">${escapeHtml(problem)}</p>` : ''}
${cartContainer}
<p class="checkout__empty" hidden>Your cart is empty.</p>
<form class="checkout__form" method="post" action="/checkout" hidden>
${hidden('_csrf_token', visit.formToken)}${hidden('key', key)}${hidden('serialized', '')}
<button class="checkout__buy" type="submit" disabled>Buy now</button>
</form>
<p><a class="link" href="/">Keep shopping</a></p>
<noscript><p class="checkout__problem">The cart needs JavaScript: it is kept in your browser.</p></noscript>
</main>`,
    visit,
    script,
    cart: 'in main',
  })

interface CompletePage {
  visit: Visit
  script: ScriptOptions
  order: Order
  products: readonly Product[]
  /** The cart without what was bought, for the browser's own copy (CT-59). */
  cartAfter: string | undefined
}

function line({ itemId, priceUsd }: Order['items'][number], products: readonly Product[]): string {
  const product = products.find(({ items }) => items.some(({ id }) => id === itemId))
  const size = product?.items.find(({ id }) => id === itemId)?.size ?? '?'
  const name = product ? `${product.brand} ${product.name}` : `Item ${itemId}`
  return `<li class="order__item" data-item-id="${itemId}"><span>${escapeHtml(name)}, size ${escapeHtml(size)}</span><span>$${priceUsd}</span></li>`
}

/** What was bought (CT-53). */
export const completePage = ({ visit, script, order, products, cartAfter }: CompletePage): string =>
  layout({
    title: 'Thank you · Sneakers23',
    main: `<main class="checkout">
<h1>Thank you</h1>
<p>Order ${order.id} is on its way.</p>
<ul class="order">
${order.items.map((one) => line(one, products)).join('\n')}
<li class="order__total"><span>Total</span><span>$${order.totalUsd}</span></li>
</ul>
<p><a class="link" href="/">Back to the shop</a></p>
</main>`,
    visit,
    script,
    globals: cartAfter === undefined ? {} : { cartAfter },
  })
