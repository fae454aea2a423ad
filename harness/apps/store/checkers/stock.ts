/** The final stock in the database, item by item. */
export interface FinalStock {
  products: {
    id: number
    released: boolean
    items: { id: number; initialCount: number; availableCount: number; soldUnits: number }[]
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
  soldItemIds: number[]
  soldUsd: number
}
