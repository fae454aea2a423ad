import type { Clock } from '../platform/clock.ts'
import { pollSessionKeptMs } from '../timing.ts'

/** The long-poll sessions of one client, those included that it has left: a node keeps each for a while after its last poll. */
interface PollSessions {
  opened(): void
  /** The last one is polled no more. */
  left(): void
  /** How many nodes may have, the present one included. */
  count(): number
}

export function createPollSessions({ monotonicMs }: Pick<Clock, 'monotonicMs'>): PollSessions {
  /** When each was known to be used last; the present one is used all the time. */
  const usedMs: number[] = []
  return {
    opened: () => void usedMs.push(monotonicMs()),
    left() {
      if (usedMs.length > 0) usedMs[usedMs.length - 1] = monotonicMs()
    },
    count: () => Math.max(1, usedMs.filter((atMs) => atMs > monotonicMs() - pollSessionKeptMs).length),
  }
}
