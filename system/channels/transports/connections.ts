import type { Clock } from '../../platform/clock.ts'

/** An open connection, as those see it who look after all of them. */
export interface Watched {
  /** Ends it when its client has sent nothing for too long (CH-25). */
  endIfSilent(nowMs: number): void
}

export type Connections = ReturnType<typeof createConnections>

/** Silence is noticed at most so much of its time too late: a twentieth. */
const roundsPerTimeout = 20

/**
 * The open WebSockets of a node. One round looks after all of them: a timer for each, and a look at the clock for each message, would
 * cost more than the conversations.
 */
export function createConnections(clock: Clock, timeoutMs: number) {
  const open = new Set<Watched>()
  const waiting: (() => void)[] = []
  let stopRounds: (() => void) | undefined

  function goRound() {
    const nowMs = clock.monotonicMs()
    for (const one of open) one.endIfSilent(nowMs)
    stopRounds = clock.after(timeoutMs / roundsPerTimeout, goRound)
  }

  return {
    add(one: Watched) {
      open.add(one)
      stopRounds ??= clock.after(timeoutMs / roundsPerTimeout, goRound)
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
