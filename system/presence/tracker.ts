import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { PubSub } from '../pubsub/index.ts'
import { createShard, type ShardQuirks } from './shard.ts'
import type { Diff, Entry } from './state.ts'

export interface TrackerOptions {
  /** Trackers of the same name on all nodes belong together. */
  name: string
  pubsub: PubSub
  clock: Clock
  log: Log
  /** Topics are spread over so many shards (PA-5, PA-6). */
  shards?: number
  heartbeatMs?: number
  coalesceMs?: number
  downAfterMs?: number
  goneAfterMs?: number
  onDiff?(topic: string, diff: Diff): void
  quirks?: ShardQuirks
}

export type Meta = Record<string, unknown>
export type Tracker = ReturnType<typeof createTracker>

/** Who is on which topic, on all nodes, without asking anybody: every node tells what it has (PA-1..PA-9). */
export function createTracker(options: TrackerOptions) {
  if (!options.pubsub)
    throw new TypeError(`the tracker ${options.name} needs pubsub: it has nothing to tell the other nodes with`)
  const { name, pubsub, clock, log, onDiff = () => {}, quirks = {} } = options
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
      quirks,
      onDiff: (diff) => tellByTopic(diff, onDiff),
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
    /** Puts an owner on a topic under a key; answers the entry's ref. */
    track,
    untrack(owner: string, topic: string, key: string) {
      const entry = ownOf(owner, topic, key)
      if (entry) shardOf(topic).change([], [entry.ref])
    },
    /** Another meta for an entry: a new one in its place, which names the old one's ref. */
    update(owner: string, topic: string, key: string, meta: Meta | ((before: Meta) => Meta)) {
      const entry = ownOf(owner, topic, key)
      if (!entry) return
      const next = typeof meta === 'function' ? meta(entry.meta) : meta
      const changedMeta = { ...next, phx_ref_prev: entry.ref }
      shardOf(topic).change([{ ...entry, ref: nextRef(), meta: changedMeta }], [entry.ref])
    },
    /** The owner has ended: nothing of it is left (PA-10). */
    untrackAll(owner: string) {
      for (const shard of shards) {
        const refs = shard.ownedBy(owner).map(({ ref }) => ref)
        if (refs.length > 0) shard.change([], refs)
      }
    },
    /** Everybody on a topic, on all nodes, in the order of tracking. */
    list: (topic: string): Entry[] =>
      shardOf(topic)
        .entries()
        .filter((entry) => entry.topic === topic)
        .sort((a, b) => a.atMs - b.atMs || (a.ref < b.ref ? -1 : 1)),
    start() {
      for (const shard of shards) shard.start()
    },
    stop() {
      for (const shard of shards) shard.stop()
    },
  }
}

function tellByTopic({ joins, leaves }: Diff, tell: (topic: string, diff: Diff) => void) {
  const topics = new Set([...joins, ...leaves].map(({ topic }) => topic))
  for (const topic of topics)
    tell(topic, {
      joins: joins.filter((entry) => entry.topic === topic),
      leaves: leaves.filter((entry) => entry.topic === topic),
    })
}

/** FNV-1a: spreads topics evenly, and the same on every node. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value >>> 0
}
