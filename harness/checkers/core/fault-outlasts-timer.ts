import type { History } from '../../history/history.ts'
import { type Checker, count, passed, unknown } from '../../verdict/checker.ts'

/** A timer that had no time to run out was not tested, whatever the scenario says (AT-10, DF-5). */
export const faultOutlastsTimer = (timersMs: Readonly<Record<string, number>>): Checker => ({
  name: 'fault-outlasts-timer',
  invariant: 'every fault was seen to hold for longer than the timer that the scenario is about',
  check(history) {
    const timers = Object.entries(timersMs)
    if (timers.length === 0) return unknown('no timer was named')
    for (const [kind, timerMs] of timers) {
      const heldMs = longestHeldMs(history, kind)
      if (heldMs <= timerMs)
        return unknown(`${kind} was seen to hold for ${heldMs} ms, and the timer runs for ${timerMs} ms`, {
          kind,
          heldMs,
        })
    }
    return passed(`${count(timers.length, 'timer')} outlasted`)
  },
})

/** From when it was seen to hold until somebody began to mend it: longer is not proven. */
const longestHeldMs = ({ faults, endMs }: History, kind: string) =>
  faults
    .filter((fault) => fault.kind === kind && fault.witnessedOnMs !== null)
    .map(({ witnessedOnMs, healRequestedMs }) => (healRequestedMs ?? endMs) - witnessedOnMs!)
    .reduce((longest, heldMs) => Math.max(longest, heldMs), 0)
