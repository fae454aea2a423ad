/** The harness's own time; not shared with the system on purpose. */
export interface Clock {
  /** Unix time in ms, for stamps that people read. */
  now(): number
  /** Never goes back; for everything that is measured. */
  monotonicMs(): number
  after(delayMs: number, run: () => void): () => void
  sleep(delayMs: number): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
  sleep: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
}

/** Monotonic ms that all threads and processes of this machine share; `monotonicMs` starts anew in each thread. */
export const sharedMonotonicMs = (): number => performance.now() + offsetMs

const offsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now()
