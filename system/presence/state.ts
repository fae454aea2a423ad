/**
 * Who is where, as every node knows it: a replicated set without tombstones (PA-1, PA-2). Each replica is the only one that changes
 * its own entries, and numbers its changes. So of two versions of a replica's entries the one with the higher number holds all that
 * the other held and more: merging is taking it. Pure: no time, no chance, no input or output.
 */
export interface Entry {
  topic: string
  key: string
  /** Who is there, on its own node: a channel. */
  owner: string
  /** Unique in the cluster; another one after each change. */
  ref: string
  meta: Record<string, unknown>
  /** When it was tracked, for the order of a list. */
  atMs: number
}

/** The entries of one replica after its change number `version`. */
export interface Share {
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

export const emptyShare: Share = { version: 0, entries: new Map() }
export const emptyDiff: Diff = { joins: [], leaves: [] }

/** The newer of two versions of one replica's entries: commutative, associative, idempotent. */
export const merged = (one: Share, other: Share): Share => (other.version > one.version ? other : one)

/** What a delta makes of a version; undefined when changes before it are missing. A delta that is known already changes nothing. */
export function applied(share: Share, { from, to, joins, leaves }: Delta): Share | undefined {
  if (to <= share.version) return share
  if (from > share.version) return undefined
  const next = new Map(share.entries)
  for (const entry of joins) next.set(entry.ref, entry)
  for (const ref of leaves) next.delete(ref)
  return { version: to, entries: next }
}

/**
 * Deltas, one after the other, as one. What came and went in between does not come, but it still goes: whoever was told of it in
 * the meantime, by a transfer, must forget it.
 */
export function joined(deltas: readonly Delta[]): Delta | undefined {
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

/** What somebody who saw `before` must be told about `after`. */
export function difference(before: Share, after: Share): Diff {
  if (before === after) return emptyDiff
  return {
    joins: [...after.entries.values()].filter(({ ref }) => !before.entries.has(ref)),
    leaves: [...before.entries.values()].filter(({ ref }) => !after.entries.has(ref)),
  }
}
