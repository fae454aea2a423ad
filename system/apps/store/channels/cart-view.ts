import type { Product } from '../catalog/product.ts'

/** One line of the `cart` payload (CT-23). */
export interface CartItemView {
  id: number
  brand: string
  color: string
  name: string
  price_usd: number
  main_image_url: string
  released: boolean
  size: string
  sku: string
  out_of_stock: boolean
}

/** The items of a cart in this node's copy of the stock, sorted by id; unknown items are left out (CT-24, CT-25). */
export const cartItems = (itemIds: readonly number[], products: readonly Product[]): CartItemView[] =>
  products
    .flatMap((product) => product.items.filter(({ id }) => itemIds.includes(id)).map((item) => viewOf(product, item)))
    .sort((a, b) => a.id - b.id)

const viewOf = (product: Product, item: Product['items'][number]): CartItemView => ({
  id: item.id,
  brand: product.brand,
  color: product.color,
  name: product.name,
  price_usd: product.priceUsd,
  main_image_url: product.mainImageUrl,
  released: product.released,
  size: item.size,
  sku: item.sku,
  out_of_stock: item.availableCount === 0,
})

/** Two lists of items have the same fingerprint when they look the same to the shopper. */
export const fingerprintOf = (items: readonly CartItemView[]): string =>
  items.map(({ id, out_of_stock }) => `${id}${out_of_stock ? 'out' : ''}`).join()
