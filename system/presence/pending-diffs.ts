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

/** Changes that wait to be told together. What came and went meanwhile is not told at all. */
export function createPendingDiffs(tell: (diff: TopicDiff) => void) {
  let topics = new Map<string, Pending>()

  return {
    add(topic: string, diff: Diff) {
      const { joins, leaves } = topics.get(topic) ?? { joins: new Map(), leaves: new Map() }
      topics.set(topic, { joins, leaves })
      for (const entry of diff.leaves) if (!joins.delete(entry.ref)) leaves.set(entry.ref, entry)
      // An entry that went and is back was never away.
      for (const entry of diff.joins) if (!leaves.delete(entry.ref)) joins.set(entry.ref, entry)
    },
    flush() {
      const told = topics
      topics = new Map()
      for (const [topic, { joins, leaves }] of told)
        if (joins.size + leaves.size > 0) tell({ topic, joins: [...joins.values()], leaves: [...leaves.values()] })
    },
  }
}
