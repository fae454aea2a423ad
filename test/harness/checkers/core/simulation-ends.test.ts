import { describe, expect, it } from 'vitest'
import { simulationEnds } from '../../../../harness/checkers/core/simulation-ends.ts'
import { type Livelock, livelock } from '../../../../harness/history/livelock.ts'
import { final, historyOf, type TestEvent } from '../../../support/histories.ts'

const stuck = (value: Partial<Livelock>): TestEvent => ({
  ...{ type: 'read', who: 'harness', operation: livelock },
  value: { parties: [], turns: 0, steps: 1_000, forMs: 70, ...value },
})
const check = (...events: TestEvent[]) => simulationEnds.check(historyOf(...events))

describe('simulation-ends (DF-58)', () => {
  it('is unknown without a history, and passed for one that came to its end', () => {
    expect(check().outcome).toBe('unknown')
    expect(check(final('database', {})).outcome).toBe('passed')
  })

  it('is violated with the two who answer each other, or the one who goes on by itself', () => {
    const { outcome, why } = check(stuck({ parties: ['n1', 'n2'], turns: 900 }))
    expect({ outcome, why }).toEqual({
      outcome: 'violated',
      why: 'livelock: n1 and n2 answer each other without an end: 900 of 1000 steps within 70 ms',
    })
    expect(check(stuck({ parties: ['n3'], turns: 800 })).why).toMatch(/^livelock: n3 goes on without an end/)
  })

  it('is violated with the node whose parts answer each other within one step', () => {
    expect(check(stuck({ parties: ['n1'], turns: 1, steps: 70, isOneStep: true })).why).toBe(
      'livelock: parts of n1 answer each other without a pause: its step 70 does not end',
    )
  })

  it('is unknown when nobody stands out', () => {
    expect(check(stuck({})).outcome).toBe('unknown')
  })
})
