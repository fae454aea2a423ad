import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { Broadcast, PubSub } from '../pubsub/index.ts'
import { createOwnEntries } from './own-entries.ts'
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
import { type Delta, type Diff, type Entry, joined, type Share } from './state.ts'

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
  quirks?: ShardQuirks
}

/** What a tracker can be made to do wrong on purpose (FI-18). */
export interface ShardQuirks {
  /** A replica that was down is never shown again. */
  downForGood?: boolean
}

export type Shard = ReturnType<typeof createShard>

/** The replicas of one part of the topics: this node's own entries, what it knows of the others, and what they tell each other. */
export function createShard(options: ShardOptions) {
  const { topic, id: me, pubsub, clock, log, heartbeatMs, coalesceMs, onDiff, quirks = {} } = options
  const own = createOwnEntries()
  let others: Replicas = new Map()
  let unsent: Delta[] = []
  let cancelBeat = () => {}
  let cancelSoon: (() => void) | undefined
  const asked = new Map<string, number>()

  const tell = (diff: Diff) => {
    if (diff.joins.length + diff.leaves.length > 0) onDiff(diff)
  }

  /** A change of this node: shown here at once, and soon everywhere (PA-3). */
  function change(joins: readonly Entry[], leaves: readonly string[]) {
    const { delta, diff } = own.change(joins, leaves)
    unsent.push(delta)
    cancelSoon ??= clock.after(coalesceMs, beat)
    tell(diff)
  }

  function beat() {
    cancelSoon?.()
    cancelSoon = undefined
    cancelBeat()
    const delta = joined(unsent)
    unsent = []
    pubsub.broadcast(
      topic,
      'heartbeat',
      { id: me, version: own.version(), ...(delta && { delta }) },
      { from: subscriber },
    )
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
      pubsub.directBroadcast(id.name, topic, 'transfer', { id: me, version: own.version(), entries: own.list() })
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
      if (quirks.downForGood && others.get(parsed.data.id.name)?.health === 'down') return
      handlers[event as MessageName](parsed.data as never)
    },
  }

  return {
    change,
    ownedBy: own.ownedBy,
    entries: () => [...own.list(), ...entriesOf(others)],
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
