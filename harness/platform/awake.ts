import { type Clock, systemClock } from './clock.ts'

const sliceMs = 25
/** The longest wait for a slice that is not late. */
const longestExtraMs = 500

/**
 * Runs something after `delayMs` in which this process was awake. A machine that stands still is no silence of the other side: however
 * late a slice of the time is over, it counts for what it should have been. What was sent meanwhile waits to be read, and a timer comes
 * first: so the last slice is one that came when it was due. Returns the function that cancels
 * it.
 */
export function afterAwake(clock: Clock, delayMs: number, run: () => void): () => void {
  let leftMs = delayMs
  let cancel = () => {}
  function wait() {
    const waitMs = leftMs > 0 ? Math.min(sliceMs, leftMs) : sliceMs
    const dueMs = clock.monotonicMs() + waitMs
    cancel = clock.after(waitMs, () => {
      leftMs -= waitMs
      const wasLate = clock.monotonicMs() - dueMs > sliceMs
      if (leftMs <= -longestExtraMs || (leftMs <= 0 && !wasLate)) run()
      else wait()
    })
  }
  wait()
  return () => cancel()
}

const lookEveryMs = 50
/** A look that comes later than this counts for no more. */
const lookMostMs = 2 * lookEveryMs

/**
 * Counts the ms for which this process was awake: `look` is called every `lookEveryMs`, and however long the process stood still between two
 * looks, that counts as `lookMostMs`.
 */
export function createAwakeTime({ monotonicMs }: Pick<Clock, 'monotonicMs'>) {
  let countedMs = 0
  let lookedMs = monotonicMs()
  const sinceLookMs = () => Math.min(monotonicMs() - lookedMs, lookMostMs)
  return {
    look() {
      countedMs += sinceLookMs()
      lookedMs = monotonicMs()
    },
    awakeMs: () => countedMs + sinceLookMs(),
  }
}

let ownTime: ReturnType<typeof createAwakeTime> | undefined

/**
 * Ms for which this process was awake, from some time on: only differences mean something. Whoever waits for others counts in it, because
 * nothing is heard of them while this process stands still.
 */
export function awakeMs(): number {
  ownTime ??= startLooking()
  return ownTime.awakeMs()
}

/** The same for whoever is given a clock: all time of any other clock counts. */
export const awakeTimeOf = (clock: Pick<Clock, 'monotonicMs'>): (() => number) =>
  clock === systemClock ? awakeMs : clock.monotonicMs

function startLooking() {
  const time = createAwakeTime(systemClock)
  setInterval(time.look, lookEveryMs).unref()
  return time
}
