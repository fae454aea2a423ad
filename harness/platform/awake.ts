import type { Clock } from './clock.ts'

const sliceMs = 25
/** The longest wait for a slice that is not late. */
const longestExtraMs = 500

/**
 * Runs something after `delayMs` in which this process was awake. A machine that stands still is no silence of the other side: however
 * late a slice of the time is over, it counts for what it should have been. What was sent meanwhile waits to be read, and a timer comes
 * first: so the last slice is one that came when it was due. Answers how to cancel it.
 */
export function afterAwake(clock: Clock, delayMs: number, run: () => void): () => void {
  let leftMs = delayMs
  let cancel = () => {}
  function wait() {
    const waitMs = leftMs > 0 ? Math.min(sliceMs, leftMs) : sliceMs
    const dueMs = clock.monotonicMs() + waitMs
    cancel = clock.after(waitMs, () => {
      leftMs -= waitMs
      const wasLate = clock.monotonicMs() - dueMs > sliceMs
      if (leftMs <= -longestExtraMs || (leftMs <= 0 && !wasLate)) run()
      else wait()
    })
  }
  wait()
  return () => cancel()
}
