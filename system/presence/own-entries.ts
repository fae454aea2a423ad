import type { Delta, Diff, Entry } from './state.ts'

/** The entries of this node in one shard. The cost of a change does not depend on the number of entries. */
export function createOwnEntries() {
  const entries = new Map<string, Entry>()
  const refsByOwner = new Map<string, Set<string>>()
  let version = 0

  function put(entry: Entry) {
    entries.set(entry.ref, entry)
    const refs = refsByOwner.get(entry.owner) ?? new Set()
    refsByOwner.set(entry.owner, refs.add(entry.ref))
  }

  function remove(ref: string): Entry[] {
    const entry = entries.get(ref)
    if (!entry) return []
    entries.delete(ref)
    const refs = refsByOwner.get(entry.owner)
    refs?.delete(ref)
    if (refs?.size === 0) refsByOwner.delete(entry.owner)
    return [entry]
  }

  return {
    /** The number of changes so far. */
    version: () => version,
    owners: () => [...refsByOwner.keys()],
    list: () => [...entries.values()],
    ownedBy: (owner: string): Entry[] => [...(refsByOwner.get(owner) ?? [])].map((ref) => entries.get(ref)!),
    /** Removes and adds entries as one change. Returns the delta for the other nodes and the diff for the clients. */
    change(joins: readonly Entry[], leaves: readonly string[]): { delta: Delta; diff: Diff } {
      const from = version
      version += 1
      const gone = leaves.flatMap(remove)
      for (const entry of joins) put(entry)
      return { delta: { from, to: version, joins, leaves }, diff: { joins: [...joins], leaves: gone } }
    },
  }
}
