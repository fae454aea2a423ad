import { describe, expect, it } from 'vitest'
import { requestsAnswered } from '../../../../harness/checkers/core/requests-answered.ts'
import { mannersOf } from '../../../../harness/history/manners.ts'
import { type RequestEnd, requestsOf } from '../../../../harness/history/requests.ts'
import { fault, historyOf, type TestEvent, theEnd } from '../../../support/histories.ts'

const of = { who: 'background-odd-requests', node: 'n1', type: 'read' } as const
const asked = (id: number, tMs: number): TestEvent => ({
  ...{ ...of, operation: requestsOf.asked, tMs },
  value: { id, what: 'a body over the limit', status: 413 },
})
const ended = (tMs: number, value: RequestEnd): TestEvent => ({ ...of, operation: requestsOf.ended, tMs, value })
const check = (...events: TestEvent[]) => requestsAnswered.check(historyOf(...events))

describe('requests-answered (CH-19..CH-23)', () => {
  it('is unknown when nobody asked, or nothing was answered', () => {
    expect(check().outcome).toBe('unknown')
    expect(requestsAnswered.needs!(historyOf())).toBe(false)
    expect(check(asked(1, 0)).outcome).toBe('unknown')
  })

  it('is valid for the status that belongs to it, and violated for another and for a connection that ends instead', () => {
    expect(check(asked(1, 0), ended(10, { id: 1, status: 413 })).outcome).toBe('passed')
    expect(check(asked(1, 0), ended(10, { id: 1, status: 200 })).why).toBe(
      'wrong status: a body over the limit to n1 was answered 200, and 413 belongs to it',
    )
    expect(check(asked(1, 0), ended(10, { id: 1, error: 'socket hang up' })).why).toBe(
      'without a status: a body over the limit to n1 ended with socket hang up',
    )
  })

  it('is violated for a request that waits while the node answers others', () => {
    const others = [asked(2, 1), ended(20, { id: 2, status: 413 })]
    expect(check(asked(1, 0), ...others, theEnd(8_000)).why).toBe(
      'without an answer: a body over the limit to n1 waited for 8000 ms',
    )
    expect(check(asked(1, 0), ...others, theEnd(3_000)).outcome).toBe('passed')
    expect(check(asked(1, 0), theEnd(8_000)).outcome).toBe('unknown')
  })

  it('says nothing of a request during which something was broken, and is unknown when the machine stood still', () => {
    const broken = ended(900, { id: 1, error: 'socket hang up' })
    expect(check(asked(1, 0), fault(500), broken).outcome).toBe('unknown')
    expect(requestsAnswered.needs!(historyOf(asked(1, 0), fault(500), broken))).toBe(false)
    const stall: TestEvent = { ...of, operation: mannersOf.stall, tMs: 800, value: { forMs: 700 } }
    expect(check(asked(1, 0), stall, broken).outcome).toBe('unknown')
  })
})
