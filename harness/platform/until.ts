import { type Clock, systemClock } from './clock.ts'
import { messageOf } from './plain-text.ts'

class NotWithin extends Error {
  override name = 'NotWithin'
}

export interface UntilOptions {
  /** What is awaited, as the failure will say it. */
  what: string
  withinMs: number
  everyMs?: number
  clock?: Clock
}

/** Asks again and again until the answer is truthy, and returns it. Fails with what was awaited, how long, and what was last seen. */
export async function until<T>(ask: () => T | Promise<T>, options: UntilOptions): Promise<NonNullable<T>> {
  const { what, withinMs, everyMs = 50, clock = systemClock } = options
  const deadlineMs = clock.monotonicMs() + withinMs
  let lastSeen: unknown
  for (;;) {
    try {
      const answer = await ask()
      if (answer) return answer
      lastSeen = answer
    } catch (error) {
      lastSeen = messageOf(error)
    }
    if (clock.monotonicMs() >= deadlineMs)
      throw new NotWithin(`timed out after ${withinMs} ms waiting for "${what}"; last value ${String(lastSeen)}`)
    await clock.sleep(everyMs)
  }
}
