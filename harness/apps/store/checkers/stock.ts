export interface StockItem {
  id: number
  initialCount: number
  availableCount: number
  soldUnits: number
  /** Grows with every change of the count. */
  version?: number
  /** How many sales there were, of one unit or more. */
  saleCount?: number
}

/** The final stock in the database, item by item. */
export interface FinalStock {
  products: {
    id: number
    released: boolean
    items: StockItem[]
  }[]
}

export const itemsOf = ({ products }: FinalStock) => products.flatMap(({ items }) => items)

/** An order in the database, with the units sold for it. */
export interface FinalOrder {
  id: number
  shopper: string
  key: string
  totalUsd: number
  itemIds: number[]
  lines?: { itemId: number; priceUsd: number }[]
  soldItemIds: number[]
  soldUsd: number
}

/** All that pages show of the products, as the database has it and in the order of the pages. */
export interface Catalogue {
  products: CatalogueProduct[]
}

export interface CatalogueProduct {
  id: number
  brand: string
  name: string
  color: string
  priceUsd: number
  imageUrl: string
  released: boolean
  items: { id: number; sku: string; size: string; availableCount: number }[]
}
