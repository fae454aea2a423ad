/** Returns the entries of a list by id; of entries with the same id, the first is kept. */
export function firstById<I, T extends { id: I }>(list: readonly T[]): ReadonlyMap<I, T> {
  const first = new Map<I, T>()
  for (const entry of list) if (!first.has(entry.id)) first.set(entry.id, entry)
  return first
}
