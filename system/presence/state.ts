/**
 * One presence: the element of a replicated set without tombstones (PA-1, PA-2). Only a replica itself changes its entries, and it
 * numbers its changes. So of two versions of a replica's entries the one with the higher number includes all changes of the other, and
 * merging means taking it. Pure: no time, no randomness, no I/O.
 */
export interface Entry {
  topic: string
  key: string
  /** The id of the channel that tracks it, unique on its node. */
  owner: string
  /** Unique in the cluster; changes with each update. */
  ref: string
  meta: Record<string, unknown>
  /** When it was tracked; lists are sorted by it. */
  atMs: number
}

/** The entries of one replica after its change number `version`. */
export interface ReplicaState {
  version: number
  entries: ReadonlyMap<string, Entry>
}

/** What changed at a replica between two versions. */
export interface Delta {
  from: number
  to: number
  joins: readonly Entry[]
  /** Refs. */
  leaves: readonly string[]
}

export interface Diff {
  joins: Entry[]
  leaves: Entry[]
}

export const emptyState: ReplicaState = { version: 0, entries: new Map() }
export const emptyDiff: Diff = { joins: [], leaves: [] }

/** The newer of two versions of one replica's entries: commutative, associative, idempotent. */
export const merge = (one: ReplicaState, other: ReplicaState): ReplicaState =>
  other.version > one.version ? other : one

/** The state after a delta; undefined when changes before the delta are missing. A delta that is known already changes nothing. */
export function applyDelta(state: ReplicaState, { from, to, joins, leaves }: Delta): ReplicaState | undefined {
  if (to <= state.version) return state
  if (from > state.version) return undefined
  const next = new Map(state.entries)
  for (const entry of joins) next.set(entry.ref, entry)
  for (const ref of leaves) next.delete(ref)
  return { version: to, entries: next }
}

/**
 * Consecutive deltas as one; undefined for none. An entry that joined and left in between stays among the leaves, because a transfer
 * may have told another node of it.
 */
export function mergeDeltas(deltas: readonly Delta[]): Delta | undefined {
  const [first] = deltas
  if (!first) return undefined
  const joins = new Map<string, Entry>()
  const leaves: string[] = []
  for (const delta of deltas) {
    for (const ref of delta.leaves) {
      joins.delete(ref)
      leaves.push(ref)
    }
    for (const entry of delta.joins) joins.set(entry.ref, entry)
  }
  return { from: first.from, to: deltas.at(-1)!.to, joins: [...joins.values()], leaves }
}

/** The changes from `before` to `after`. */
export function difference(before: ReplicaState, after: ReplicaState): Diff {
  if (before === after) return emptyDiff
  return {
    joins: [...after.entries.values()].filter(({ ref }) => !before.entries.has(ref)),
    leaves: [...before.entries.values()].filter(({ ref }) => !after.entries.has(ref)),
  }
}
