import { describe, expect, it } from 'vitest'
import type { HistoryEvent } from '../../../harness/history/operation.ts'
import { createLookout, type Sought } from '../../../harness/runner/early-end.ts'
import { type Checker, passed, violated } from '../../../harness/verdict/checker.ts'

/** A scenario may only end early on a finding that nothing later can change (FI-18). */
function lookoutFor(sought: Sought, own: Partial<Checker> = {}) {
  const events: HistoryEvent[] = []
  let looks = 0
  const checker: Checker = {
    name: 'no-gap',
    invariant: 'nothing is missing',
    judgesOpen: true,
    check(history) {
      looks += 1
      const gap = history.of('unreadable')[0]
      return gap ? violated(`gap at ${gap.index}`) : passed('none')
    },
    ...own,
  }
  const isProven = createLookout({ sought, checkers: [checker], events })
  const record = (type: HistoryEvent['type']) => events.push({ index: events.length, tMs: 0, who: 'one', type })
  return { isProven, record, looks: () => looks }
}

describe('the look-out for a finding', () => {
  it('sees it as soon as it is in the history, and goes on seeing it', () => {
    const { isProven, record } = lookoutFor({ checker: 'no-gap' })
    record('receive')
    expect(isProven()).toBe(false)
    record('unreadable')
    expect([isProven(), isProven()]).toEqual([true, true])
  })

  it('asks no checker that must wait for the end', () => {
    const { isProven, record, looks } = lookoutFor({ checker: 'no-gap' }, { judgesOpen: undefined as never })
    record('unreadable')
    expect([isProven(), looks()]).toEqual([false, 0])
  })

  it('asks no other checker than the one that is named', () => {
    const { isProven, record } = lookoutFor({ checker: 'no-other' })
    record('unreadable')
    expect(isProven()).toBe(false)
  })

  it('does not take another finding for the one that is sought', () => {
    const { isProven, record } = lookoutFor({ checker: 'no-gap', finding: /^gap at 7$/ })
    record('unreadable')
    expect(isProven()).toBe(false)
  })

  it('asks none that has no evidence, or cannot judge this system', () => {
    for (const own of [{ needs: () => false }, { lacks: () => 'it shows no gaps' }]) {
      const { isProven, record } = lookoutFor({ checker: 'no-gap' }, own)
      record('unreadable')
      expect(isProven()).toBe(false)
    }
  })

  it('looks again only when something has happened', () => {
    const { isProven, record, looks } = lookoutFor({ checker: 'no-gap' })
    record('receive')
    for (const _ of [1, 2, 3]) isProven()
    expect(looks()).toBe(1)
    record('unreadable')
    expect([isProven(), looks()]).toEqual([true, 2])
  })
})
