import { type Item, levelOf, type Product } from '../../system/apps/store/catalog/product.ts'

const lowCount = 5

const product = (id: number, itemIds: readonly number[]): Product => ({
  id,
  sku: `SKU-${id}`,
  brand: 'Squall',
  name: `Shoe ${id}`,
  color: id === 1 ? 'ember' : 'harbor',
  priceUsd: 100 + id,
  mainImageUrl: `#shoe-${id}`,
  released: false,
  items: itemIds.map((itemId) => ({
    id: itemId,
    productId: id,
    sku: `SKU-${id}-${itemId}`,
    size: String(5 + itemId),
    availableCount: lowCount,
    version: 0,
  })),
})

/** Two unreleased products: the first with one item, the second with two, all in stock at level low (ST-51). */
export const completeProducts = (): Product[] => [product(1, [1]), product(2, [2, 3])]

export const thresholds = { lowBelow: 150, mediumBelow: 500 }

export const shownLevel = ({ availableCount }: Item) => levelOf(availableCount, thresholds)
