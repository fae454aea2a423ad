import type { Clock } from '../../platform/clock.ts'

/** An open connection with an idle timeout. */
export interface Watched {
  /** Called after each round, with the time that counts for it: closes the connection if its client was idle for too long (CH-25). */
  closeIfIdle(roundMs: number): void
  /** What it was sent and has not read. */
  readonly unreadBytes: number
}

export type Connections = ReturnType<typeof createConnections>

/** An idle client is noticed late by at most one round: a twentieth of its timeout. */
const roundsPerTimeout = 20
/** A round that took longer than two is not a late timer but a stalled node. */
const countedRoundsMax = 2

/**
 * The open WebSockets of a node. One timer checks all of them in rounds, because a timer for each connection and a clock read for each
 * message would cost more than the messages. A round counts for as long as it took, but at most for two rounds: a stalled node reads
 * from nobody, and its clients must not time out for that.
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
    const countedMs = Math.min(tookMs, countedRoundsMax * roundMs)
    for (const one of open) one.closeIfIdle(countedMs)
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
    held() {
      let unreadBytes = 0
      for (const one of open) unreadBytes += one.unreadBytes
      return { connections: open.size, unreadBytes }
    },
    /** Resolves when all are closed. */
    async allClosed() {
      if (open.size > 0) await new Promise<void>((resolve) => waiting.push(resolve))
    },
  }
}
