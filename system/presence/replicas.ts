import { applied, type Delta, type Diff, difference, emptyDiff, emptyShare, merged, type Share } from './state.ts'

/** A life of a node: the same name after a restart is another replica, and what the old one had is gone. */
export interface ReplicaId {
  name: string
  /** Higher for a later life. */
  incarnation: number
}

export type Health = 'up' | 'down'

interface Known {
  id: ReplicaId
  share: Share
  health: Health
  heardMs: number
}

/** What one node knows of the others, by name. Pure: every function answers what it makes of it. */
export type Replicas = ReadonlyMap<string, Known>

export interface Outcome {
  replicas: Replicas
  /** What this node's clients must be told. */
  diff: Diff
  /** Something is missing: the replica has to be asked for all that it has. */
  isBehind: boolean
}

const put = (replicas: Replicas, known: Known): Replicas => new Map(replicas).set(known.id.name, known)
const shown = ({ health, share }: Known): Share => (health === 'up' ? share : emptyShare)

/** Somebody was heard: it is up, and what it said is taken in, unless it is from an earlier life (PA-4). */
function heard(
  replicas: Replicas,
  id: ReplicaId,
  nowMs: number,
  take: (share: Share) => { share: Share; isBehind: boolean },
): Outcome {
  const known = replicas.get(id.name)
  if (known && known.id.incarnation > id.incarnation) return { replicas, diff: emptyDiff, isBehind: false }
  const isSameLife = known?.id.incarnation === id.incarnation
  const { share, isBehind } = take(isSameLife ? known.share : emptyShare)
  const now: Known = { id, share, health: 'up', heardMs: nowMs }
  const before = known ? shown(known) : emptyShare
  return { replicas: put(replicas, now), diff: difference(before, share), isBehind }
}

/** A heartbeat: the number of the sender's last change, and its last changes. */
export const beaten = (
  replicas: Replicas,
  id: ReplicaId,
  { version, delta, nowMs }: { version: number; delta: Delta | undefined; nowMs: number },
): Outcome =>
  heard(replicas, id, nowMs, (share) => {
    const next = (delta && applied(share, delta)) ?? share
    return { share: next, isBehind: next.version < version }
  })

/** All that a replica has. */
export const transferred = (replicas: Replicas, id: ReplicaId, share: Share, nowMs: number): Outcome =>
  heard(replicas, id, nowMs, (own) => ({ share: merged(own, share), isBehind: false }))

/** A replica said goodbye: nothing of it is left. */
export function departed(replicas: Replicas, id: ReplicaId): Outcome {
  const known = replicas.get(id.name)
  if (!known || known.id.incarnation > id.incarnation) return { replicas, diff: emptyDiff, isBehind: false }
  return { replicas: without(replicas, id.name), diff: difference(shown(known), emptyShare), isBehind: false }
}

function without(replicas: Replicas, name: string): Replicas {
  const left = new Map(replicas)
  left.delete(name)
  return left
}

export interface Patience {
  /** After so much silence a replica is down: what it had is not shown. */
  downAfterMs: number
  /** After so much it is down for good: what it had is forgotten. */
  goneAfterMs: number
}

/** Time has passed: who was not heard for too long is down, or forgotten. */
export function aged(replicas: Replicas, nowMs: number, { downAfterMs, goneAfterMs }: Patience): Outcome {
  let now = replicas
  const diff: Diff = { joins: [], leaves: [] }
  for (const known of replicas.values()) {
    const silentMs = nowMs - known.heardMs
    if (known.health === 'up' && silentMs >= downAfterMs) {
      diff.leaves.push(...known.share.entries.values())
      now = put(now, { ...known, health: 'down' })
    }
    if (silentMs >= goneAfterMs) now = without(now, known.id.name)
  }
  return { replicas: now, diff, isBehind: false }
}

/** Everybody who is there, of all replicas that are up. */
export const entriesOf = (replicas: Replicas) =>
  [...replicas.values()].flatMap((known) => [...shown(known).entries.values()])
