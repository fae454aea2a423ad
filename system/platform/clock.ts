/** Time as an argument: the only file of the system that asks the machine what time it is. */
export interface Clock {
  /** Unix time in ms: may jump, fit for stamps and token ages. */
  now(): number
  /** Never goes back: fit for durations. */
  monotonicMs(): number
  /** Calls `run` once, `delayMs` later; the answer cancels it. */
  after(delayMs: number, run: () => void): () => void
  sleep(delayMs: number): Promise<void>
}

/** A clock whose time of day can be put wrong, as that of a machine that nobody sets; durations stay right (FI-10). */
export interface SkewableClock extends Clock {
  skew(byMs: number): void
}

export function createSkewableClock(clock: Clock): SkewableClock {
  let skewMs = 0
  return {
    ...clock,
    now: () => clock.now() + skewMs,
    skew(byMs) {
      skewMs = byMs
    },
  }
}

/** A clock that knows how many of its timers are armed. */
export interface CountedClock extends Clock {
  timerCount(): number
}

/** The same clock, which counts what was asked of it and has neither run nor been cancelled; a sleep counts as a timer. */
export function createCountedClock(clock: Clock): CountedClock {
  let armed = 0

  function after(delayMs: number, run: () => void) {
    let isArmed = true
    armed += 1
    const disarm = () => {
      if (isArmed) armed -= 1
      isArmed = false
    }
    const cancel = clock.after(delayMs, () => {
      disarm()
      run()
    })
    return () => {
      disarm()
      cancel()
    }
  }

  return {
    ...clock,
    after,
    sleep: (delayMs) => new Promise((resolve) => void after(delayMs, resolve)),
    timerCount: () => armed,
  }
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

/** Resolves after the delay, or at once when the signal is aborted. */
export function sleepUntil(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const cancel = clock.after(delayMs, over)
    signal.addEventListener('abort', over, { once: true })

    function over() {
      cancel()
      signal.removeEventListener('abort', over)
      resolve()
    }
  })
}
