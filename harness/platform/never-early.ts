import type { Clock } from './clock.ts'

const longestTimerMs = 2 ** 31 - 1

/**
 * Runs after `delayMs` or up to about 1 ms later, never earlier. A timer of Node drops fractions of a millisecond and counts from the start
 * of the current turn of the event loop, so alone it can be early. Returns what cancels it.
 */
export function afterFull(clock: Clock, delayMs: number, run: () => void): () => void {
  return repeatedly(clock, delayMs, run, (restMs, look) => clock.after(Math.ceil(restMs), look))
}

/** As `afterFull`, to a fraction of a millisecond: turns of the event loop make up the rest, which costs up to 2 ms of processor time. */
export function afterExact(clock: Clock, delayMs: number, run: () => void, turn = nextTurn): () => void {
  return repeatedly(clock, delayMs, run, (restMs, look) =>
    restMs < 1 ? turn(look) : clock.after(Math.floor(restMs), look),
  )
}

function repeatedly(
  clock: Clock,
  delayMs: number,
  run: () => void,
  arm: (restMs: number, look: () => void) => () => void,
): () => void {
  const dueMs = clock.monotonicMs() + delayMs
  let cancel: () => void
  const look = () => {
    const restMs = Math.min(dueMs - clock.monotonicMs(), longestTimerMs)
    if (restMs > 0) cancel = arm(restMs, look)
    else run()
  }
  cancel = arm(Math.min(delayMs, longestTimerMs), look)
  return () => cancel()
}

function nextTurn(run: () => void): () => void {
  const immediate = setImmediate(run)
  return () => clearImmediate(immediate)
}
