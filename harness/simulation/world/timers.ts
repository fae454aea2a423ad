import type { Clock } from '../../../system/platform/clock.ts'

/**
 * The official client takes its timers from the language. Here they are those of the simulated time, so that the client can be the real
 * one. One simulation at a time: nothing else of this process may wait for a timer.
 */
export function borrowTimers({ after }: Pick<Clock, 'after'>): () => void {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout }
  Object.assign(globalThis, {
    setTimeout: (run: () => void, delayMs = 0) => after(delayMs, run),
    clearTimeout: (cancel?: () => void) => cancel?.(),
  })
  return () => void Object.assign(globalThis, real)
}
