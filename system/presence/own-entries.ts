import type { Delta, Diff, Entry } from './state.ts'

export type OwnEntries = ReturnType<typeof createOwnEntries>

/** The entries of this node in one shard. A change costs what it changes, however many entries there are. */
export function createOwnEntries() {
  const entries = new Map<string, Entry>()
  const refsByOwner = new Map<string, Set<string>>()
  let version = 0

  function put(entry: Entry) {
    entries.set(entry.ref, entry)
    const refs = refsByOwner.get(entry.owner) ?? new Set()
    refsByOwner.set(entry.owner, refs.add(entry.ref))
  }

  function take(ref: string): Entry[] {
    const entry = entries.get(ref)
    if (!entry) return []
    entries.delete(ref)
    const refs = refsByOwner.get(entry.owner)
    refs?.delete(ref)
    if (refs?.size === 0) refsByOwner.delete(entry.owner)
    return [entry]
  }

  return {
    /** The number of the last change. */
    version: () => version,
    list: () => [...entries.values()],
    ownedBy: (owner: string): Entry[] => [...(refsByOwner.get(owner) ?? [])].map((ref) => entries.get(ref)!),
    /** One change: what goes, and what comes instead. Answers what others must be told. */
    change(joins: readonly Entry[], leaves: readonly string[]): { delta: Delta; diff: Diff } {
      const from = version
      version += 1
      const gone = leaves.flatMap(take)
      for (const entry of joins) put(entry)
      return { delta: { from, to: version, joins, leaves }, diff: { joins: [...joins], leaves: gone } }
    },
  }
}
