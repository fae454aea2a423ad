export interface Item {
  id: number
  productId: number
  sku: string
  size: string
  availableCount: number
  /** Grows with every change of the count, in commit order. */
  version: number
}

/** A product with its items, each with what is available (ST-10). */
export interface Product {
  id: number
  sku: string
  brand: string
  name: string
  color: string
  priceUsd: number
  mainImageUrl: string
  released: boolean
  items: Item[]
}

export const levels = ['out', 'low', 'medium', 'high'] as const
export type Level = (typeof levels)[number]

export interface Thresholds {
  lowBelow: number
  mediumBelow: number
}

/** The stock level that a shopper is shown for a count; `out` is exactly 0 (ST-27). */
export function levelOf(availableCount: number, { lowBelow, mediumBelow }: Thresholds): Level {
  if (availableCount === 0) return 'out'
  if (availableCount < lowBelow) return 'low'
  return availableCount < mediumBelow ? 'medium' : 'high'
}

/** Whether clients must be told: when the level changed, and always when it is `out` (ST-29, ST-30). */
export const isNews = (before: Level, after: Level) => after === 'out' || before !== after
