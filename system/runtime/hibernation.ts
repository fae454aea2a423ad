import type { Clock } from '../platform/clock.ts'

/** An actor that hibernates when no message has come for long enough. */
export interface Idler {
  readonly busy: boolean
  readonly mailboxLength: number
  /** Rounds since its last message; the actor sets it to 0 with each. */
  idleRounds: number
  /** Gives up what can be made again. */
  hibernate(): void
}

export type Hibernation = ReturnType<typeof createHibernation>

/** An idle actor is noticed late by at most one round: a fifteenth of its time. */
const roundsPerTime = 15

/**
 * Lets actors hibernate after their idle time (RT-64, RT-66). One timer for each idle time looks at all that are awake in rounds, because
 * a timer for each actor and a clock read for each message would cost more than the messages. Nothing is armed while all hibernate.
 */
export function createHibernation(clock: Pick<Clock, 'after'>) {
  const groups = new Map<number, Group>()
  return {
    /** It has just become awake. */
    add(one: Idler, afterMs: number) {
      const group = groups.get(afterMs) ?? createGroup(clock, afterMs / roundsPerTime)
      groups.set(afterMs, group)
      group.add(one)
    },
    /** It hibernates, or has ended. */
    delete: (one: Idler, afterMs: number) => groups.get(afterMs)?.delete(one),
  }
}

type Group = ReturnType<typeof createGroup>

function createGroup(clock: Pick<Clock, 'after'>, roundMs: number) {
  const awake = new Set<Idler>()
  let stopRounds: (() => void) | undefined

  function endRound() {
    stopRounds = undefined
    for (const one of awake) age(one)
    if (awake.size > 0) beginRound()
  }

  function beginRound() {
    stopRounds ??= clock.after(roundMs, endRound)
  }

  return {
    add(one: Idler) {
      awake.add(one)
      beginRound()
    },
    delete(one: Idler) {
      if (!awake.delete(one) || awake.size > 0) return
      stopRounds?.()
      stopRounds = undefined
    },
  }
}

/** The first round of an actor may have begun before its last message, so that it does not count. */
function age(one: Idler) {
  one.idleRounds = one.busy || one.mailboxLength > 0 ? 0 : one.idleRounds + 1
  if (one.idleRounds > roundsPerTime) one.hibernate()
}
