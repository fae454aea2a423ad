import { createPendingDiffs } from './pending-diffs.ts'
import type { Entry } from './state.ts'
import { createTracker, type TrackerOptions } from './tracker.ts'

/** As the official client wants it: `{ key: { metas: [{ …, phx_ref }] } }`. */
export type PresenceState = Record<string, { metas: Record<string, unknown>[] }>

interface PresenceOptions extends Omit<TrackerOptions, 'onDiff'> {
  /** Only for the defect (DF-93). */
  tellEverybody?: boolean
}

export type Presence = ReturnType<typeof createPresence>

/**
 * A tracker whose changes are broadcast to the members of the topic, by each node to its own (PA-16). Changes that come close together
 * are one message: a shop that fills would otherwise send one for every step of every shopper.
 */
export function createPresence({ tellEverybody = false, ...options }: PresenceOptions) {
  const { pubsub, clock, coalesceMs = 50 } = options
  // Every node hears of every change and tells its own clients; told to all nodes, each client hears it from every node (PA-16, PA-9).
  const tell = tellEverybody ? pubsub.broadcast : pubsub.localBroadcast
  const pending = createPendingDiffs(({ topic, joins, leaves }) =>
    tell(topic, 'presence_diff', { joins: toState(joins), leaves: toState(leaves) }),
  )
  let cancelSoon: (() => void) | undefined
  function flush() {
    cancelSoon?.()
    cancelSoon = undefined
    pending.flush()
  }
  const tracker = createTracker({
    ...options,
    onDiff(topic, diff) {
      pending.add(topic, diff)
      cancelSoon ??= clock.after(coalesceMs, flush)
    },
  })
  return {
    ...tracker,
    stop() {
      cancelSoon?.()
      tracker.stop()
    },
    /**
     * What `presence_state` carries. What waits to be told is told before: a newcomer who sees somebody here whose coming nobody was told
     * of yet must hear of the going, and what came and went while it waited would not be told at all.
     */
    state(topic: string): PresenceState {
      flush()
      return toState(tracker.list(topic))
    },
  }
}

function toState(entries: readonly Entry[]): PresenceState {
  // No key of a client may be a name of the language.
  const state: PresenceState = Object.create(null)
  for (const { key, ref, meta } of entries) {
    state[key] ??= { metas: [] }
    state[key].metas.push({ ...meta, phx_ref: ref })
  }
  return state
}
