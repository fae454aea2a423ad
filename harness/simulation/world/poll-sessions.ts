import type { Clock } from '../../../system/platform/clock.ts'
import { pollSessionKeptMs } from '../../timing.ts'

/** The long-poll sessions that a node may have for one visitor: the present one, and others that it keeps for a while. */
export function createPollSessions({ monotonicMs }: Pick<Clock, 'monotonicMs'>) {
  const leftMs: number[] = []
  return {
    /** One is polled no more, or only until `inMs` from now. */
    left: (inMs = 0) => void leftMs.push(monotonicMs() + inMs),
    /** The present one is kept however long ago it began. */
    count: () => 1 + leftMs.filter((atMs) => atMs > monotonicMs() - pollSessionKeptMs).length,
  }
}
