import type { Clock } from '../platform/clock.ts'

interface Timed {
  tookMs: number
}

const everyMs = 50

/**
 * Sends control probes for as long as a request is under way, at least one. Whatever holds up the machine or the target delays them too:
 * only a request that is slower than the slowest of them was delayed by something else. Each is timed from when it was due.
 */
export async function probeControl<T extends Timed>(
  request: Promise<unknown>,
  probe: () => Promise<T>,
  clock: Pick<Clock, 'monotonicMs' | 'sleep'>,
): Promise<T[]> {
  let isOver = false
  const over = () => {
    isOver = true
  }
  request.then(over, over)
  const probes = [await probe()]
  while (!isOver) {
    const dueMs = clock.monotonicMs() + everyMs
    await clock.sleep(everyMs)
    const lateMs = clock.monotonicMs() - dueMs
    const next = await probe()
    probes.push({ ...next, tookMs: lateMs + next.tookMs })
  }
  return probes
}

export const slowestMs = (probes: readonly Timed[]) => Math.max(...probes.map(({ tookMs }) => tookMs))
