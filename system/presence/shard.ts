import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { Broadcast, PubSub } from '../pubsub/index.ts'
import {
  aged,
  beaten,
  departed,
  entriesOf,
  type Outcome,
  type Patience,
  type ReplicaId,
  type Replicas,
  transferred,
} from './replicas.ts'
import { changed, type Delta, type Diff, difference, type Entry, emptyShare, joined, type Share } from './state.ts'

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

/** What replicas say to each other. */
const messages = {
  heartbeat: z.object({ id, version: z.number(), delta: delta.optional() }),
  /** To one node: send all that you have. */
  request: z.object({ id }),
  transfer: z.object({ id, version: z.number(), entries: z.array(entry) }),
  goodbye: z.object({ id }),
}
type MessageName = keyof typeof messages

export interface ShardOptions extends Patience {
  /** Pub/sub topic of this shard's messages. */
  topic: string
  id: ReplicaId
  pubsub: PubSub
  clock: Clock
  log: Log
  /** At least so often everybody hears of this replica. */
  heartbeatMs: number
  /** Changes that come so close together travel together. */
  coalesceMs: number
  onDiff(diff: Diff): void
}

export type Shard = ReturnType<typeof createShard>

/** The replicas of one part of the topics: this node's own entries, what it knows of the others, and what they tell each other. */
export function createShard(options: ShardOptions) {
  const { topic, id: me, pubsub, clock, log, heartbeatMs, coalesceMs, onDiff } = options
  let own: Share = emptyShare
  let others: Replicas = new Map()
  let unsent: Delta | undefined
  let cancelBeat = () => {}
  let cancelSoon: (() => void) | undefined
  const asked = new Map<string, number>()

  const tell = (diff: Diff) => {
    if (diff.joins.length + diff.leaves.length > 0) onDiff(diff)
  }

  /** A change of this node: shown here at once, and soon everywhere (PA-3). */
  function change(joins: readonly Entry[], leaves: readonly string[]) {
    const before = own
    own = changed(own, joins, leaves)
    const made: Delta = { from: before.version, to: own.version, joins, leaves }
    unsent = unsent ? joined(unsent, made) : made
    cancelSoon ??= clock.after(coalesceMs, beat)
    tell(difference(before, own))
  }

  function beat() {
    cancelSoon?.()
    cancelSoon = undefined
    cancelBeat()
    pubsub.broadcast(
      topic,
      'heartbeat',
      { id: me, version: own.version, ...(unsent && { delta: unsent }) },
      { from: subscriber },
    )
    unsent = undefined
    settle(aged(others, clock.monotonicMs(), options))
    cancelBeat = clock.after(heartbeatMs, beat)
  }

  function settle({ replicas, diff }: Outcome) {
    others = replicas
    tell(diff)
  }

  /** One question at a time to each replica: its answer may be on the way. */
  function ask({ name }: ReplicaId) {
    const nowMs = clock.monotonicMs()
    if (nowMs - (asked.get(name) ?? Number.NEGATIVE_INFINITY) < heartbeatMs) return
    asked.set(name, nowMs)
    pubsub.directBroadcast(name, topic, 'request', { id: me })
  }

  const handlers: { [N in MessageName]: (message: z.infer<(typeof messages)[N]>) => void } = {
    heartbeat({ id, version, delta }) {
      const isNew = !others.has(id.name)
      const outcome = beaten(others, id, { version, delta: delta as Delta | undefined, nowMs: clock.monotonicMs() })
      settle(outcome)
      if (outcome.isBehind) ask(id)
      // Whoever comes to know a replica makes itself known at once.
      if (isNew) beat()
    },
    request({ id }) {
      const entries = [...own.entries.values()]
      pubsub.directBroadcast(id.name, topic, 'transfer', { id: me, version: own.version, entries })
    },
    transfer({ id, version, entries }) {
      asked.delete(id.name)
      const share: Share = { version, entries: new Map(entries.map((one) => [one.ref, one])) }
      settle(transferred(others, id, share, clock.monotonicMs()))
    },
    goodbye: ({ id }) => settle(departed(others, id)),
  }

  const subscriber = {
    deliver({ event, payload }: Broadcast) {
      const shape = messages[event as MessageName]
      const parsed = shape?.safeParse(payload)
      if (!parsed?.success) return log.warn({ event }, 'tracker: a message that cannot be read')
      if (parsed.data.id.name === me.name) return
      handlers[event as MessageName](parsed.data as never)
    },
  }

  return {
    change,
    own: () => own.entries,
    entries: () => [...own.entries.values(), ...entriesOf(others)],
    start() {
      pubsub.subscribe(topic, subscriber)
      beat()
    },
    /** The others drop this node's entries at once, and need not wait until they miss it. */
    stop() {
      cancelBeat()
      cancelSoon?.()
      pubsub.broadcast(topic, 'goodbye', { id: me }, { from: subscriber })
      pubsub.unsubscribe(topic, subscriber)
    },
  }
}
