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
