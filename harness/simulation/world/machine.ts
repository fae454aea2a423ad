import type { Clock } from '../../../system/platform/clock.ts'

export type Machine = ReturnType<typeof createMachine>

/** What a node runs on: it can stand still, and it can be gone from one moment to the next, with all that was to happen on it. */
export function createMachine(clock: Clock, onTurn: () => void = () => {}) {
  let state: 'running' | 'paused' | 'gone' = 'running'
  /** What was due while it stood still, and what has become due since then behind it. */
  let missed: (() => void)[] = []
  const endListeners: (() => void)[] = []
  const startedMs = clock.monotonicMs()
  let turns = 0

  function enter(run: () => void) {
    turns += 1
    onTurn()
    if (state === 'running' && missed.length === 0) run()
    else if (state !== 'gone') missed.push(run)
  }

  /** One after the other, so that what they start gets its turn between them. */
  function catchUp() {
    if (state !== 'running') return
    const [next] = missed
    next?.()
    missed.shift()
    if (missed.length > 0) clock.after(0, catchUp)
  }

  function after(delayMs: number, run: () => void): () => void {
    let isWanted = true
    const cancel = clock.after(delayMs, () => enter(() => isWanted && run()))
    return () => {
      isWanted = false
      cancel()
    }
  }

  return {
    clock: {
      now: clock.now,
      // Counts from the start of its process, so that no two nodes and no two runs of one agree.
      monotonicMs: () => clock.monotonicMs() - startedMs,
      after,
      sleep: (delayMs: number) => new Promise<void>((resolve) => void after(delayMs, resolve)),
    } satisfies Clock,
    /** How often something was due on it. */
    turns: () => turns,
    isGone: () => state === 'gone',
    onEnd: (listener: () => void) => void endListeners.push(listener),
    end() {
      if (state === 'gone') return
      state = 'gone'
      missed = []
      for (const listener of endListeners) listener()
    },
    pause() {
      if (state === 'running') state = 'paused'
    },
    /** What was due meanwhile happens now, in its order, and before what is due now. */
    resume() {
      if (state !== 'paused') return
      state = 'running'
      if (missed.length > 0) clock.after(0, catchUp)
    },
  }
}
