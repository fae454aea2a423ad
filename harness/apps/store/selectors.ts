/** The test hooks of the pages that scenarios depend on (AT-6): names, never layout. */
export const selectors = {
  listing: '.product-listing',
  sizeContainer: '.size-container',
  sizeEntry: '.size-container__entry',
  soon: (productId: string) => `.product-soon-${productId}`,
  cartItem: '.cart-item',
  cartItemOut: 'cart-item--out-of-stock',
  cartRemove: '.cart-item__remove',
  buy: '.checkout__buy',
  buyProblem: '.checkout__problem',
  levelClassPrefix: 'size-container__entry--level-',
} as const
