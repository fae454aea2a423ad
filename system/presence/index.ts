export { createPresence, type Presence, type PresenceState } from './presence.ts'
export { createTracker, type Tracker } from './tracker.ts'
