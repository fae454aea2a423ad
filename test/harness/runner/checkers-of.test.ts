import { describe, expect, it } from 'vitest'
import { pushesHandledOnce } from '../../../harness/checkers/core/pushes-handled-once.ts'
import { checkersFor } from '../../../harness/runner/checkers-of.ts'
import type { Scenario } from '../../../harness/scenario.ts'
import { type Checker, passed } from '../../../harness/verdict/checker.ts'
import { historyOf, type TestEvent } from '../../support/histories.ts'

const ofShop: Checker = { name: 'shelves-full', invariant: 'the shelves are full', check: () => passed('full') }
const scenario = {
  id: 'test/one',
  apps: [],
  steps: [],
  expectations: [],
  checkers: [pushesHandledOnce],
  alsoWith: { app: 'store', checkers: [ofShop] },
} as unknown as Scenario

const applications = (...names: string[]): TestEvent => ({
  who: 'scenario',
  type: 'read',
  operation: 'applications',
  value: names,
})

describe('who judges a system that shows or has less than ours', () => {
  it('leaves out the checkers of an application that it does not have, and says so', () => {
    const { checkers, notJudged } = checkersFor(scenario, historyOf(applications()))
    expect(checkers).not.toContain(ofShop)
    expect(notJudged).toContainEqual({ name: 'shelves-full', why: 'the system has no application store' })
  })

  it('asks them where the application takes part', () => {
    expect(checkersFor(scenario, historyOf(applications('store'))).checkers).toContain(ofShop)
  })

  it('leaves out what nobody observed', () => {
    const { checkers, notJudged } = checkersFor(scenario, historyOf(applications()))
    expect(checkers).not.toContain(pushesHandledOnce)
    expect(notJudged.map(({ name }) => name)).toContain('pushes-handled-once')
  })
})
