import { createPendingDiffs } from './pending-diffs.ts'
import type { Entry } from './state.ts'
import { createTracker, type TrackerOptions } from './tracker.ts'

/** In the format of the official client: `{ key: { metas: [{ …, phx_ref }] } }`. */
export type PresenceState = Record<string, { metas: Record<string, unknown>[] }>

export type Presence = ReturnType<typeof createPresence>

/**
 * A tracker whose changes are broadcast to the subscribers of the topic, by each node to its own (PA-16). Changes within `coalesceMs` are
 * one message, because a shop that fills would otherwise send one for every step of every shopper.
 */
export function createPresence(options: Omit<TrackerOptions, 'onDiff'>) {
  const { pubsub, clock, coalesceMs = 50 } = options
  // Local, because every node learns of every change by itself (PA-9, PA-16).
  const pending = createPendingDiffs(({ topic, joins, leaves }) =>
    pubsub.localBroadcast(topic, 'presence_diff', { joins: toState(joins), leaves: toState(leaves) }),
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
     * The payload of `presence_state`. Publishes pending changes first: if an entry in this state left before its join was published,
     * neither would be published, and the newcomer would never learn that it left.
     */
    state(topic: string): PresenceState {
      flush()
      return toState(tracker.list(topic))
    },
  }
}

function toState(entries: readonly Entry[]): PresenceState {
  // Without a prototype, because a client may choose a key such as `constructor`.
  const state: PresenceState = Object.create(null)
  for (const { key, ref, meta } of entries) {
    state[key] ??= { metas: [] }
    state[key].metas.push({ ...meta, phx_ref: ref })
  }
  return state
}
