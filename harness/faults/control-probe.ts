import type { Clock } from '../platform/clock.ts'

export interface Timed {
  tookMs: number
}

const everyMs = 50

/**
 * Asks for something again and again for as long as something else is under way, at least once. Whatever holds up the machine, or the one
 * who is asked, is felt by these too: only what comes later than the slowest of them was late by itself. Each is counted from when it was due.
 */
export async function probeControl<T extends Timed>(
  underWay: Promise<unknown>,
  ask: () => Promise<T>,
  clock: Pick<Clock, 'monotonicMs' | 'sleep'>,
): Promise<T[]> {
  let isOver = false
  const over = () => {
    isOver = true
  }
  underWay.then(over, over)
  const asked = [await ask()]
  while (!isOver) {
    const dueMs = clock.monotonicMs() + everyMs
    await clock.sleep(everyMs)
    const lateMs = clock.monotonicMs() - dueMs
    const next = await ask()
    asked.push({ ...next, tookMs: lateMs + next.tookMs })
  }
  return asked
}

export const slowestMs = (asked: readonly Timed[]) => Math.max(...asked.map(({ tookMs }) => tookMs))
