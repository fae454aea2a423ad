import type { Clock } from './clock.ts'

const sliceMs = 25

/**
 * Runs something after `delayMs` in which this process was awake. A machine that stands still is no silence of the other side: what was
 * sent meanwhile waits to be read, and a timer comes first. So a slice of the time that is over too late does not count. Answers how to
 * cancel it.
 */
export function afterAwake(clock: Clock, delayMs: number, run: () => void): () => void {
  let leftMs = delayMs
  let cancel = () => {}
  function wait() {
    const waitMs = Math.min(sliceMs, leftMs)
    const dueMs = clock.monotonicMs() + waitMs
    cancel = clock.after(waitMs, () => {
      if (clock.monotonicMs() - dueMs <= sliceMs) leftMs -= waitMs
      if (leftMs > 0) wait()
      else run()
    })
  }
  wait()
  return () => cancel()
}
