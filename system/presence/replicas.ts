import {
  applyDelta,
  type Delta,
  type Diff,
  difference,
  emptyDiff,
  emptyState,
  merge,
  type ReplicaState,
} from './state.ts'

/** One run of a node: after a restart the same name is another replica, and the entries of the old one are gone. */
export interface ReplicaId {
  name: string
  /** Higher for a later run. */
  incarnation: number
}

export type Health = 'up' | 'down'

interface Known {
  id: ReplicaId
  state: ReplicaState
  health: Health
  lastHeardMs: number
}

/** What one node knows of the others, by name. Pure: every function returns the new value. */
export type Replicas = ReadonlyMap<string, Known>

/** What a message, or the passing of time, makes of the replicas. */
export interface Update {
  replicas: Replicas
  /** The changes for this node's clients. */
  diff: Diff
  /** Changes are missing: the replica's whole state has to be requested. */
  isStale: boolean
}

const put = (replicas: Replicas, known: Known): Replicas => new Map(replicas).set(known.id.name, known)
const visibleState = ({ health, state }: Known): ReplicaState => (health === 'up' ? state : emptyState)

/** A message of a replica: marks it as up and updates its state, unless the message is of an earlier run (PA-4). */
function applyMessage(
  replicas: Replicas,
  id: ReplicaId,
  nowMs: number,
  update: (state: ReplicaState) => { state: ReplicaState; isStale: boolean },
): Update {
  const known = replicas.get(id.name)
  if (known && known.id.incarnation > id.incarnation) return { replicas, diff: emptyDiff, isStale: false }
  const isSameRun = known?.id.incarnation === id.incarnation
  const { state, isStale } = update(isSameRun ? known.state : emptyState)
  const now: Known = { id, state, health: 'up', lastHeardMs: nowMs }
  const before = known ? visibleState(known) : emptyState
  return { replicas: put(replicas, now), diff: difference(before, state), isStale }
}

/** A heartbeat: the sender's version, and its changes since the last heartbeat. */
export const applyHeartbeat = (
  replicas: Replicas,
  id: ReplicaId,
  { version, delta, nowMs }: { version: number; delta: Delta | undefined; nowMs: number },
): Update =>
  applyMessage(replicas, id, nowMs, (state) => {
    const next = (delta && applyDelta(state, delta)) ?? state
    return { state: next, isStale: next.version < version }
  })

/** A replica's whole state. */
export const applyTransfer = (replicas: Replicas, id: ReplicaId, state: ReplicaState, nowMs: number): Update =>
  applyMessage(replicas, id, nowMs, (own) => ({ state: merge(own, state), isStale: false }))

/** A replica has stopped: removes it and its entries. */
export function removeReplica(replicas: Replicas, id: ReplicaId): Update {
  const known = replicas.get(id.name)
  if (!known || known.id.incarnation > id.incarnation) return { replicas, diff: emptyDiff, isStale: false }
  return { replicas: without(replicas, id.name), diff: difference(visibleState(known), emptyState), isStale: false }
}

function without(replicas: Replicas, name: string): Replicas {
  const left = new Map(replicas)
  left.delete(name)
  return left
}

export interface Timeouts {
  /** After so much silence a replica is down: its entries are hidden. */
  downAfterMs: number
  /** After so much silence it is removed with its entries. */
  goneAfterMs: number
}

/** Marks replicas as down or removes them, by how long they have been silent. */
export function expire(replicas: Replicas, nowMs: number, { downAfterMs, goneAfterMs }: Timeouts): Update {
  let now = replicas
  const diff: Diff = { joins: [], leaves: [] }
  for (const known of replicas.values()) {
    const silentMs = nowMs - known.lastHeardMs
    if (known.health === 'up' && silentMs >= downAfterMs) {
      diff.leaves.push(...known.state.entries.values())
      now = put(now, { ...known, health: 'down' })
    }
    if (silentMs >= goneAfterMs) now = without(now, known.id.name)
  }
  return { replicas: now, diff, isStale: false }
}

/** The entries of all replicas that are up. */
export const entriesOf = (replicas: Replicas) =>
  [...replicas.values()].flatMap((known) => [...visibleState(known).entries.values()])
