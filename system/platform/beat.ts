import type { Clock } from './clock.ts'

/**
 * Beats now and every so often; the answer ends it. A beat learns how late it came: while a process stands still it can hear nobody, and
 * that time must not be held against the others.
 */
export function startBeat(clock: Clock, everyMs: number, beat: (lateMs: number) => void): () => void {
  let cancel = () => {}
  function next(dueMs: number) {
    const nowMs = clock.monotonicMs()
    cancel = clock.after(everyMs, () => next(nowMs + everyMs))
    beat(nowMs - dueMs)
  }
  next(clock.monotonicMs())
  return () => cancel()
}
