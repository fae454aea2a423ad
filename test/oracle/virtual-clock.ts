import type { Clock } from '../../system/platform/clock.ts'

export interface VirtualClock extends Clock {
  /** Goes on to the next timer and runs it; false when there is none. */
  step(untilMs?: number): boolean
  /** Goes on without running anything. */
  skipTo(atMs: number): void
}

/** Time that stands still until somebody moves it. Timers of the same moment run in the order in which they were set. */
export function createVirtualClock(startMs: number): VirtualClock {
  let nowMs = startMs
  const timers = new Set<{ atMs: number; run(): void }>()

  const after = (delayMs: number, run: () => void) => {
    const timer = { atMs: nowMs + delayMs, run }
    timers.add(timer)
    return () => void timers.delete(timer)
  }

  function next(untilMs: number) {
    let first: { atMs: number; run(): void } | undefined
    for (const timer of timers) if (timer.atMs <= untilMs && timer.atMs < (first?.atMs ?? Infinity)) first = timer
    return first
  }

  return {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    after,
    sleep: (delayMs) => new Promise((resolve) => after(delayMs, resolve)),
    step(untilMs = Number.MAX_VALUE) {
      const timer = next(untilMs)
      if (!timer) return false
      timers.delete(timer)
      nowMs = Math.max(nowMs, timer.atMs)
      timer.run()
      return true
    },
    skipTo(atMs) {
      nowMs = Math.max(nowMs, atMs)
    },
  }
}
