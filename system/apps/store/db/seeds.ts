import type { Random } from '../../../platform/random.ts'

export interface SeedProduct {
  id: number
  sku: string
  position: number
  brand: string
  name: string
  color: string
  priceUsd: number
  mainImageUrl: string
  sizes: readonly string[]
}

/** Two shoes, unreleased (ST-48). Sizes 6 and 10 are in both. */
export const seedProducts: readonly SeedProduct[] = [
  {
    id: 1,
    sku: 'PHX-001',
    position: 1,
    brand: 'Squall',
    name: 'Gale Runner',
    color: 'ember',
    priceUsd: 189,
    mainImageUrl: '#shoe-ember',
    sizes: ['6', '7', '8', '9', '10', '11', '12'],
  },
  {
    id: 2,
    sku: 'PHX-002',
    position: 2,
    brand: 'Squall',
    name: 'Doldrum Low',
    color: 'harbor',
    priceUsd: 149,
    mainImageUrl: '#shoe-harbor',
    sizes: ['6', '7', '8', '9', '10', '11'],
  },
]

export interface SeedItem {
  id: number
  productId: number
  sku: string
  size: string
  availableCount: number
}

const highestCount = 900

/** A little different each time, the same for the same seed; about one size in twelve starts sold out. */
export function seedItems(random: Random): SeedItem[] {
  let id = 0
  return seedProducts.flatMap((product) =>
    product.sizes.map((size) => {
      id += 1
      const availableCount = random.integer(1, 12) === 1 ? 0 : random.integer(1, highestCount)
      return { id, productId: product.id, sku: `${product.sku}-${size}`, size, availableCount }
    }),
  )
}
