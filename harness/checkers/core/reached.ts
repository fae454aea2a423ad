import { type Checker, count, passed, unknown } from '../../verdict/checker.ts'

/** A scenario about a state that it never entered proves nothing about it (AT-3). */
export const reached = (states: readonly string[]): Checker => ({
  name: 'reached',
  invariant: 'every state that the scenario is about was entered at least once',
  check(history) {
    if (states.length === 0) return unknown('no state was named')
    const entered = new Set(history.of('reached').map(({ operation }) => operation))
    const missing = states.find((state) => !entered.has(state))
    if (missing !== undefined) return unknown(`never reached: ${missing}`, { missing })
    return passed(`${count(states.length, 'state')} reached`)
  },
})
