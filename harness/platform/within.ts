import type { Clock } from './clock.ts'

/** Waits for some work, however it ends, but no longer than `ms`; when it is done nothing waits on, or the process could not end. */
export const within = (clock: Clock, ms: number, work: Promise<unknown>) =>
  new Promise<void>((resolve) => {
    const cancel = clock.after(ms, resolve)
    const done = () => {
      cancel()
      resolve()
    }
    work.then(done, done)
  })
