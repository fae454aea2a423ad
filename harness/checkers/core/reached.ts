import { type Checker, count, unknown, valid } from '../../verdict/checker.ts'

/** A story about a state that it never entered proves nothing about it (AT-3). */
export const reached = (states: readonly string[]): Checker => ({
  name: 'reached',
  law: 'every state that the story is about was entered at least once',
  check(history) {
    if (states.length === 0) return unknown('no state was named')
    const entered = new Set(history.of('reached').map(({ f }) => f))
    const missing = states.find((state) => !entered.has(state))
    if (missing !== undefined) return unknown(`never reached: ${missing}`, { missing })
    return valid(`${count(states.length, 'state')} reached`)
  },
})
