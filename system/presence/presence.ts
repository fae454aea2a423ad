import type { Entry } from './state.ts'
import { createTracker, type TrackerOptions } from './tracker.ts'

/** As the official client wants it: `{ key: { metas: [{ …, phx_ref }] } }`. */
export type PresenceState = Record<string, { metas: Record<string, unknown>[] }>

export type Presence = ReturnType<typeof createPresence>

/** A tracker whose changes are broadcast to the members of the topic, by each node to its own (PA-17). */
export function createPresence(options: Omit<TrackerOptions, 'onDiff'>) {
  const { pubsub } = options
  const tracker = createTracker({
    ...options,
    onDiff: (topic, { joins, leaves }) =>
      pubsub.localBroadcast(topic, 'presence_diff', { joins: toState(joins), leaves: toState(leaves) }),
  })
  return {
    ...tracker,
    /** What `presence_state` carries. */
    state: (topic: string): PresenceState => toState(tracker.list(topic)),
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
