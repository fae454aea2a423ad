import { type Clock, systemClock } from './clock.ts'

/** Some work was given up before it ended. */
export class Abandoned extends Error {
  override name = 'Abandoned'
}

export interface Limit {
  withinMs: number
  /** Says what was given up, and at which limit; asked at that limit. */
  why: string | (() => string)
  /** Asked several times a second: why the work is not wanted any more. */
  stoppedBecause?(): string | undefined
  clock?: Clock
}

const askEveryMs = 100

/**
 * Resolves or rejects as the work does, and rejects with Abandoned when it takes too long or is not wanted any more. Nothing can end the
 * work itself: what it does later is of no consequence here.
 */
export function limited<T>(work: () => Promise<T>, limit: Limit): Promise<T> {
  const { clock = systemClock, withinMs, why, stoppedBecause = () => undefined } = limit
  const deadlineMs = clock.monotonicMs() + withinMs
  return new Promise<T>((resolve, reject) => {
    let cancel = () => {}
    const watch = () => {
      const leftMs = deadlineMs - clock.monotonicMs()
      cancel = clock.after(Math.max(0, Math.min(leftMs, askEveryMs)), () => {
        const reason = stoppedBecause() ?? (clock.monotonicMs() >= deadlineMs ? reasonOf(why) : undefined)
        if (reason === undefined) watch()
        else reject(new Abandoned(reason))
      })
    }
    watch()
    work()
      .finally(() => cancel())
      .then(resolve, reject)
  })
}

const reasonOf = (why: Limit['why']) => (typeof why === 'string' ? why : why())
