import { expect, it } from 'vitest'
import { clusterGetsWell } from '../../../../harness/checkers/core/cluster-gets-well.ts'
import { historyOf, type TestEvent } from '../../../support/histories.ts'

const connect: TestEvent = { type: 'connect', who: 'ann', node: 'n1' }
const never: TestEvent = {
  ...({ type: 'read', who: 'harness', operation: 'never' } as const),
  value: { what: 'every node is ready and sees its peers', withinMs: 15_000 },
}

it('a simulated cluster that does not get well is violated (NF-4)', () => {
  expect(clusterGetsWell.check(historyOf(connect)).outcome).toBe('passed')
  expect(clusterGetsWell.check(historyOf(connect, never))).toMatchObject({
    outcome: 'violated',
    why: 'timed out after 15000 ms waiting for "every node is ready and sees its peers", with nothing broken',
  })
  expect(clusterGetsWell.check(historyOf()).outcome).toBe('unknown')
})
