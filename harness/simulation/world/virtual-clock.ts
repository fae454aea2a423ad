import type { Clock } from '../../../system/platform/clock.ts'
import { createTimerQueue, type Timer } from './timer-queue.ts'

/** The work seems to have no end. */
export class TooManySteps extends Error {
  readonly steps: number

  constructor(steps: number) {
    super(`the simulation has not ended after ${steps} steps`)
    this.steps = steps
  }
}

export interface VirtualClock extends Clock {
  /** Lets time pass until the work has ended. Throws when nothing is left that could end it, and TooManySteps when it seems to have no end. */
  run<T>(work: Promise<T>, stepsMax?: number): Promise<T>
}

/** Far more than any scenario needs: two that answer each other for ever would never come to an end. */
const stepsDefaultMax = 100_000

/** When simulated time begins: any moment will do, but it is always the same. */
const beginsAtMs = Date.UTC(2026, 0, 1)

/**
 * Time that passes only when there is nothing left to do. What is due is done one after the other, and everything that follows from it
 * without waiting is done before the next: so the same beginning has the same end, bit by bit.
 */
export function createVirtualClock(): VirtualClock {
  const queue = createTimerQueue()
  let nowMs = 0
  let lastOrder = 0

  function after(delayMs: number, run: () => void): () => void {
    lastOrder += 1
    const timer: Timer = { atMs: nowMs + Math.max(0, delayMs), order: lastOrder, run }
    queue.add(timer)
    return () => {
      timer.run = undefined
    }
  }

  /** Returns whether anything was left to be done. */
  async function step(): Promise<boolean> {
    const next = queue.take()
    if (!next) return false
    if (!next.run) return true
    nowMs = next.atMs
    next.run()
    await nothingLeft()
    return true
  }

  return {
    now: () => beginsAtMs + nowMs,
    monotonicMs: () => nowMs,
    after,
    sleep: (delayMs) => new Promise((resolve) => void after(delayMs, resolve)),
    async run(work, stepsMax = stepsDefaultMax) {
      let isOver = false
      const over = () => {
        isOver = true
      }
      work.then(over, over)
      await nothingLeft()
      for (let steps = 0; !isOver; steps += 1) {
        if (steps >= stepsMax) throw new TooManySteps(stepsMax)
        if (!(await step())) throw new Error('the simulation waits for something that will never happen')
      }
      return work
    },
  }
}

/** Promises that are settled are followed to their end first: from inside one of them, a tick of the process comes after them all. */
async function nothingLeft() {
  await undefined
  await new Promise<void>((resolve) => process.nextTick(resolve))
}
