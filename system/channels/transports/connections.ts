import type { Clock } from '../../platform/clock.ts'

/** An open connection, as those see it who look after all of them. */
export interface Watched {
  /** Another round is over and took so long: ends it when its client has sent nothing for too long (CH-25). */
  endIfSilent(roundMs: number): void
}

export type Connections = ReturnType<typeof createConnections>

/** Silence is noticed at most so much of its time too late: a twentieth. */
const roundsPerTimeout = 20
/** On a busy machine a round begins late, by less than it lasts; one that took longer than two is a node that stood still. */
const mostRounds = 2

/**
 * The open WebSockets of a node. One round looks after all of them: a timer for each, and a look at the clock for each message, would
 * cost more than the conversations. A round counts for as long as it took, but not for longer than two: while a node stands still it
 * hears nobody, and that is not held against its clients.
 */
export function createConnections(clock: Clock, timeoutMs: number) {
  const roundMs = timeoutMs / roundsPerTimeout
  const open = new Set<Watched>()
  const waiting: (() => void)[] = []
  let stopRounds: (() => void) | undefined

  function beginRound() {
    const startedMs = clock.monotonicMs()
    stopRounds = clock.after(roundMs, () => endRound(clock.monotonicMs() - startedMs))
  }

  function endRound(tookMs: number) {
    const countedMs = Math.min(tookMs, mostRounds * roundMs)
    for (const one of open) one.endIfSilent(countedMs)
    beginRound()
  }

  return {
    add(one: Watched) {
      open.add(one)
      if (!stopRounds) beginRound()
    },
    delete(one: Watched) {
      if (!open.delete(one) || open.size > 0) return
      stopRounds?.()
      stopRounds = undefined
      for (const resolve of waiting.splice(0)) resolve()
    },
    /** Resolves when none is open any more. */
    async gone() {
      if (open.size > 0) await new Promise<void>((resolve) => waiting.push(resolve))
    },
  }
}
