import { type Clock, systemClock } from './clock.ts'
import { messageOf } from './plain-text.ts'

class NotWithin extends Error {
  override name = 'NotWithin'
}

export interface UntilOptions {
  /** What is awaited, as the failure will say it. */
  what: string
  withinMs: number
  /** Default: often at first, and less often the longer it takes, because asking costs the processor that all wait for. */
  everyMs?: number
  /** How much of the last `lastMs` does not count, because those that are waited for could not run. Default: nothing. */
  lostMs?(lastMs: number): number
  clock?: Clock
}

/** The longest wait on a starved machine, as a multiple of `withinMs`. */
const timesMax = 2.5
const firstPauseMs = 25
const pauseMostMs = 150

/** Asks again and again until the answer is truthy, and returns it. Fails with what was awaited, how long, and what was last seen. */
export async function until<T>(ask: () => T | Promise<T>, options: UntilOptions): Promise<NonNullable<T>> {
  const { what, withinMs, everyMs, lostMs = () => 0, clock = systemClock } = options
  let pauseMs = everyMs ?? firstPauseMs
  const startedMs = clock.monotonicMs()
  const isOver = () => {
    const waitedMs = clock.monotonicMs() - startedMs
    return waitedMs >= withinMs && (waitedMs >= timesMax * withinMs || waitedMs - lostMs(waitedMs) >= withinMs)
  }
  let lastSeen: unknown
  for (;;) {
    try {
      const answer = await ask()
      if (answer) return answer
      lastSeen = answer
    } catch (error) {
      lastSeen = messageOf(error)
    }
    if (isOver()) throw new NotWithin(`timed out after ${withinMs} ms waiting for "${what}"${lastValue(lastSeen)}`)
    await clock.sleep(pauseMs)
    if (everyMs === undefined) pauseMs = Math.min(1.25 * pauseMs, pauseMostMs)
  }
}

/** That the answer was still no goes without saying. */
const lastValue = (seen: unknown) =>
  seen === false || seen === undefined || seen === null ? '' : `; last value ${String(seen)}`
