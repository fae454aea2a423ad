import type { Diff, Entry } from './state.ts'

interface TopicDiff {
  topic: string
  joins: Entry[]
  leaves: Entry[]
}

interface Pending {
  joins: Map<string, Entry>
  leaves: Map<string, Entry>
}

/** Collects changes and publishes them together. Entries that joined and left in between are not published. */
export function createPendingDiffs(publish: (diff: TopicDiff) => void) {
  let topics = new Map<string, Pending>()

  return {
    add(topic: string, diff: Diff) {
      const { joins, leaves } = topics.get(topic) ?? { joins: new Map(), leaves: new Map() }
      topics.set(topic, { joins, leaves })
      for (const entry of diff.leaves) if (!joins.delete(entry.ref)) leaves.set(entry.ref, entry)
      // An entry that left and joined again has not changed.
      for (const entry of diff.joins) if (!leaves.delete(entry.ref)) joins.set(entry.ref, entry)
    },
    flush() {
      const flushed = topics
      topics = new Map()
      for (const [topic, { joins, leaves }] of flushed)
        if (joins.size + leaves.size > 0) publish({ topic, joins: [...joins.values()], leaves: [...leaves.values()] })
    },
  }
}
