/** What the database says at the end, item by item. */
export interface FinalStock {
  products: {
    id: number
    released: boolean
    items: { id: number; initialCount: number; availableCount: number; soldUnits: number }[]
  }[]
}
