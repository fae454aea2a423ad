import { awakeTimeOf } from './awake.ts'
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
  /** Ms for which this process was awake; `withinMs` is counted in them. Default: the process's own, or the clock's where that is another one. */
  awakeMs?(): number
}

/** The longest wait on a starved machine, as a multiple of `withinMs`. */
const timesMax = 2.5
/** A process that stood still for so long at once, such as one that was suspended, goes on waiting after it. */
const outlivedMs = 5_000
const firstPauseMs = 25
const pauseMostMs = 150

/** Asks again and again until the answer is truthy, and returns it. Fails with what was awaited, how long, and what was last seen. */
export async function until<T>(ask: () => T | Promise<T>, options: UntilOptions): Promise<NonNullable<T>> {
  const { what, withinMs, everyMs, clock = systemClock } = options
  let pauseMs = everyMs ?? firstPauseMs
  const isOver = deadline(options, clock)
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

/** Returns whether the time is over: neither the time for which this process stood still nor what a starved machine took away counts, up to a limit. */
function deadline({ withinMs, lostMs = () => 0, ...options }: UntilOptions, clock: Clock): () => boolean {
  const awake = options.awakeMs ?? awakeTimeOf(clock)
  const [startedMs, startedAwakeMs] = [clock.monotonicMs(), awake()]
  return () => {
    const waitedMs = clock.monotonicMs() - startedMs
    const waitedAwakeMs = awake() - startedAwakeMs
    if (waitedAwakeMs < withinMs) return waitedMs >= timesMax * withinMs + outlivedMs
    return waitedMs >= timesMax * withinMs || waitedMs - lostMs(waitedMs) >= withinMs
  }
}

/** That the answer was still no goes without saying. */
const lastValue = (seen: unknown) =>
  seen === false || seen === undefined || seen === null ? '' : `; last value ${String(seen)}`
