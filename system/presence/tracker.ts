import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { PubSub } from '../pubsub/index.ts'
import { createShard } from './shard.ts'
import type { Diff, Entry } from './state.ts'

export interface TrackerOptions {
  /** Trackers with the same name on all nodes share their entries. */
  name: string
  pubsub: PubSub
  clock: Clock
  log: Log
  /** How many shards the topics are spread over (PA-5, PA-6). */
  shards?: number
  heartbeatMs?: number
  coalesceMs?: number
  downAfterMs?: number
  goneAfterMs?: number
  onDiff?(topic: string, diff: Diff): void
}

export type Meta = Record<string, unknown>
export type Tracker = ReturnType<typeof createTracker>

/** Which entries are on which topic, on all nodes. Reads are local: every node replicates its entries to all others (PA-1..PA-9). */
export function createTracker(options: TrackerOptions) {
  if (!options.pubsub)
    throw new TypeError(`the tracker ${options.name} needs pubsub to replicate its entries to the other nodes`)
  const { name, pubsub, clock, log, onDiff = () => {} } = options
  const { shards: shardCount = 1, heartbeatMs = 1_500, coalesceMs = 50 } = options
  const { downAfterMs = 30_000, goneAfterMs = 20 * 60_000 } = options
  const me = { name: pubsub.nodeName, incarnation: clock.now() }
  let lastRef = 0

  const shards = Array.from({ length: shardCount }, (_, index) =>
    createShard({
      topic: `tracker:${name}:${index}`,
      id: me,
      pubsub,
      clock,
      log,
      heartbeatMs,
      coalesceMs,
      downAfterMs,
      goneAfterMs,
      onDiff: (diff) => publishByTopic(diff, onDiff),
    }),
  )
  const shardOf = (topic: string) => shards[hash(topic) % shardCount]!

  function nextRef() {
    lastRef += 1
    return `${me.name}.${me.incarnation.toString(36)}.${lastRef.toString(36)}`
  }

  const ownOf = (owner: string, topic: string, key: string) =>
    shardOf(topic)
      .ownedBy(owner)
      .find((entry) => entry.topic === topic && entry.key === key)

  function track(owner: string, topic: string, key: string, meta: Meta): string {
    const ref = nextRef()
    shardOf(topic).change([{ topic, key, owner, ref, meta, atMs: clock.now() }], [])
    return ref
  }

  return {
    /** Adds an entry of an owner to a topic, under a key; returns the entry's ref. */
    track,
    untrack(owner: string, topic: string, key: string) {
      const entry = ownOf(owner, topic, key)
      if (entry) shardOf(topic).change([], [entry.ref])
    },
    /** Replaces an entry with one that has another meta, and the old ref as `phx_ref_prev`. */
    update(owner: string, topic: string, key: string, meta: Meta | ((before: Meta) => Meta)) {
      const entry = ownOf(owner, topic, key)
      if (!entry) return
      const next = typeof meta === 'function' ? meta(entry.meta) : meta
      const changedMeta = { ...next, phx_ref_prev: entry.ref }
      shardOf(topic).change([{ ...entry, ref: nextRef(), meta: changedMeta }], [entry.ref])
    },
    /** Removes all entries of an owner that has ended (PA-10). */
    untrackAll(owner: string) {
      for (const shard of shards) {
        const refs = shard.ownedBy(owner).map(({ ref }) => ref)
        if (refs.length > 0) shard.change([], refs)
      }
    },
    /** The entries of all nodes on a topic, in the order of tracking. */
    list: (topic: string): Entry[] =>
      shardOf(topic)
        .entries()
        .filter((entry) => entry.topic === topic)
        .sort((a, b) => a.atMs - b.atMs || (a.ref < b.ref ? -1 : 1)),
    /** Who has entries on this node, how many changes the other nodes have not been told of, and how often they were told of some. */
    held: () => ({
      owners: shards.flatMap((shard) => shard.owners()),
      unsentChanges: shards.reduce((sum, shard) => sum + shard.unsentCount(), 0),
      changesTold: shards.reduce((sum, shard) => sum + shard.toldCount(), 0),
    }),
    start() {
      for (const shard of shards) shard.start()
    },
    stop() {
      for (const shard of shards) shard.stop()
    },
  }
}

function publishByTopic({ joins, leaves }: Diff, publish: (topic: string, diff: Diff) => void) {
  const topics = new Set([...joins, ...leaves].map(({ topic }) => topic))
  for (const topic of topics)
    publish(topic, {
      joins: joins.filter((entry) => entry.topic === topic),
      leaves: leaves.filter((entry) => entry.topic === topic),
    })
}

/** FNV-1a: an even distribution of topics that is the same on every node. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value >>> 0
}
