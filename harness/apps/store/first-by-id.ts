/** A list by the ids of its entries; where an id is there twice, the first entry counts. */
export function firstById<I, T extends { id: I }>(list: readonly T[]): ReadonlyMap<I, T> {
  const first = new Map<I, T>()
  for (const entry of list) if (!first.has(entry.id)) first.set(entry.id, entry)
  return first
}
