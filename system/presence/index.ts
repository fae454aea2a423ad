export { createPresence, type Presence, type PresenceState } from './presence.ts'
export type { Diff, Entry } from './state.ts'
export { createTracker, type Meta, type Tracker } from './tracker.ts'
