import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { Broadcast, PubSub } from '../pubsub/index.ts'
import { createOwnEntries } from './own-entries.ts'
import {
  applyHeartbeat,
  applyTransfer,
  entriesOf,
  expire,
  type ReplicaId,
  type Replicas,
  removeReplica,
  type Timeouts,
  type Update,
} from './replicas.ts'
import { type Delta, type Diff, type Entry, mergeDeltas, type ReplicaState } from './state.ts'

const id = z.object({ name: z.string(), incarnation: z.number() })
const entry = z.object({
  topic: z.string(),
  key: z.string(),
  owner: z.string(),
  ref: z.string(),
  meta: z.record(z.string(), z.unknown()),
  atMs: z.number(),
})
const delta = z.object({ from: z.number(), to: z.number(), joins: z.array(entry), leaves: z.array(z.string()) })

/** The messages between replicas. */
const messages = {
  heartbeat: z.object({ id, version: z.number(), delta: delta.optional() }),
  /** Asks one node for its whole state. */
  request: z.object({ id }),
  transfer: z.object({ id, version: z.number(), entries: z.array(entry) }),
  goodbye: z.object({ id }),
}
type MessageName = keyof typeof messages

export interface ShardOptions extends Timeouts {
  /** Pub/sub topic of this shard's messages. */
  topic: string
  id: ReplicaId
  pubsub: PubSub
  clock: Clock
  log: Log
  /** The interval of heartbeats, if nothing changes. */
  heartbeatMs: number
  /** Changes within this time are sent together. */
  coalesceMs: number
  onDiff(diff: Diff): void
}

/** The replicas of one shard of the topics: this node's own entries, its copies of the other nodes' entries, and their messages. */
export function createShard(options: ShardOptions) {
  const { topic, id: me, pubsub, clock, log, heartbeatMs, coalesceMs, onDiff } = options
  const own = createOwnEntries()
  let others: Replicas = new Map()
  let unsent: Delta[] = []
  let told = 0
  let cancelBeat = () => {}
  let cancelSoon: (() => void) | undefined
  /** Node name -> when its state was last requested. */
  const requestedMs = new Map<string, number>()

  const publish = (diff: Diff) => {
    if (diff.joins.length + diff.leaves.length > 0) onDiff(diff)
  }

  /** A change of this node: visible here at once, and on all nodes after the next heartbeat (PA-3). */
  function change(joins: readonly Entry[], leaves: readonly string[]) {
    const { delta, diff } = own.change(joins, leaves)
    unsent.push(delta)
    cancelSoon ??= clock.after(coalesceMs, beat)
    publish(diff)
  }

  function beat() {
    cancelSoon?.()
    cancelSoon = undefined
    cancelBeat()
    const delta = mergeDeltas(unsent)
    unsent = []
    if (delta) told += 1
    pubsub.broadcast(
      topic,
      'heartbeat',
      { id: me, version: own.version(), ...(delta && { delta }) },
      { from: subscriber },
    )
    commit(expire(others, clock.monotonicMs(), options))
    cancelBeat = clock.after(heartbeatMs, beat)
  }

  function commit({ replicas, diff }: Update) {
    others = replicas
    publish(diff)
  }

  /** Sends no second request within a heartbeat, because the reply to the first may be on its way. */
  function requestState({ name }: ReplicaId) {
    const nowMs = clock.monotonicMs()
    if (nowMs - (requestedMs.get(name) ?? Number.NEGATIVE_INFINITY) < heartbeatMs) return
    requestedMs.set(name, nowMs)
    pubsub.directBroadcast(name, topic, 'request', { id: me })
  }

  const handlers: { [N in MessageName]: (message: z.infer<(typeof messages)[N]>) => void } = {
    heartbeat({ id, version, delta }) {
      const isNew = !others.has(id.name)
      const outcome = applyHeartbeat(others, id, {
        version,
        delta: delta as Delta | undefined,
        nowMs: clock.monotonicMs(),
      })
      commit(outcome)
      if (outcome.isStale) requestState(id)
      // Introduces this node to the new replica without waiting for the next heartbeat.
      if (isNew) beat()
    },
    request({ id }) {
      pubsub.directBroadcast(id.name, topic, 'transfer', { id: me, version: own.version(), entries: own.list() })
    },
    transfer({ id, version, entries }) {
      requestedMs.delete(id.name)
      const state: ReplicaState = { version, entries: new Map(entries.map((one) => [one.ref, one])) }
      commit(applyTransfer(others, id, state, clock.monotonicMs()))
    },
    goodbye: ({ id }) => commit(removeReplica(others, id)),
  }

  const subscriber = {
    deliver({ event, payload }: Broadcast) {
      const shape = messages[event as MessageName]
      const parsed = shape?.safeParse(payload)
      if (!parsed?.success) return log.warn({ event }, 'tracker: dropped undecodable message')
      if (parsed.data.id.name === me.name) return
      handlers[event as MessageName](parsed.data as never)
    },
  }

  return {
    change,
    ownedBy: own.ownedBy,
    owners: own.owners,
    /** Changes that the other nodes have not been told of. */
    unsentCount: () => unsent.length,
    /** How often it has told the other nodes of changes; several at a time count once. */
    toldCount: () => told,
    entries: () => [...own.list(), ...entriesOf(others)],
    start() {
      pubsub.subscribe(topic, subscriber)
      beat()
    },
    /** Tells the other nodes, so that they remove this node's entries at once instead of after a timeout. */
    stop() {
      cancelBeat()
      cancelSoon?.()
      // The goodbye says it all.
      unsent = []
      pubsub.broadcast(topic, 'goodbye', { id: me }, { from: subscriber })
      pubsub.unsubscribe(topic, subscriber)
    },
  }
}
