/** Counts of a presence state for the dashboard. Pure (PA-38..PA-42). */
export interface CartMeta {
  page: string | null
  items: number[]
}

export type CartPresence = Readonly<Record<string, { metas: readonly CartMeta[] }>>

/** One cart is one shopper, however many tabs it has (PA-38). */
export const shopperCount = (state: CartPresence): number => Object.keys(state).length

const metasOf = (state: CartPresence) => Object.values(state).flatMap(({ metas }) => metas)

/** Every tab counts (PA-39). The fullest page comes first. */
export const pageCounts = (state: CartPresence): [page: string, count: number][] =>
  [...tally(metasOf(state).map(({ page }) => page ?? 'unknown'))].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))

/** A cart is the same in all its tabs, so the first tab is counted (PA-40). */
export const itemCounts = (state: CartPresence): Map<number, number> =>
  tally(Object.values(state).flatMap(({ metas }) => [...new Set(metas[0]?.items ?? [])]))

function tally<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}
