import { describe, expect, it } from 'vitest'
import { type AccessTried, accessAsStated } from '../../../../harness/checkers/core/access-as-stated.ts'
import { historyOf, type TestEvent } from '../../../support/histories.ts'

const row = (expected: string, seen?: string): TestEvent => ({
  type: 'read',
  who: 'visitor',
  operation: 'access',
  value: {
    visitor: 'a visitor with the token of the admin page',
    action: 'join user:2',
    node: 'n2',
    expected,
    ...(seen === undefined ? { why: 'timed out' } : { seen }),
    ids: ['CH-84', 'CH-92'],
  } satisfies AccessTried,
})
const check = (...events: TestEvent[]) => accessAsStated.check(historyOf(...events))

describe('access-as-stated', () => {
  it('passes when every row is as it is stated', () => {
    const verdict = check(row('refused', 'refused'), row('allowed as 1', 'allowed as 1'))
    expect(verdict).toMatchObject({ outcome: 'passed', why: '2 attempts, 1 of them refused, each as stated' })
  })

  it.each([
    [
      row('refused', 'allowed'),
      'let in: a visitor with the token of the admin page could join user:2 on n2 (expected: refused, CH-84, CH-92)',
    ],
    [
      row('allowed', 'refused with 403'),
      'kept out: a visitor with the token of the admin page could not join user:2 on n2: refused with 403 (expected: allowed, CH-84, CH-92)',
    ],
    [
      row('allowed as 1', 'allowed as 2'),
      'mistaken: a visitor with the token of the admin page tried to join user:2 on n2 and was allowed as 2 (expected: allowed as 1, CH-84, CH-92)',
    ],
    [
      row('refused with 401', 'refused with 404'),
      'mistaken: a visitor with the token of the admin page tried to join user:2 on n2 and was refused with 404 (expected: refused with 401, CH-84, CH-92)',
    ],
  ])('is violated by a row that came out otherwise', (wrong, why) => {
    expect(check(row('refused', 'refused'), wrong)).toMatchObject({ outcome: 'violated', why })
  })

  it('counts the others, and a violation outranks a row without an answer', () => {
    const verdict = check(row('allowed'), row('refused', 'allowed'), row('refused', 'allowed'))
    expect(verdict.outcome).toBe('violated')
    expect(verdict.why).toMatch(/; and 1 other attempt$/)
  })

  it('knows nothing when nobody tried, or when somebody was not answered', () => {
    expect(check().outcome).toBe('unknown')
    expect(check(row('allowed', 'allowed'), row('refused'))).toMatchObject({
      outcome: 'unknown',
      why: 'a visitor with the token of the admin page tried to join user:2 on n2, without an answer: timed out',
    })
  })
})
