import { expect, it } from 'vitest'
import { storeWorkload } from '../../../harness/apps/store/workload.ts'
import { createPlan } from '../../../harness/plans/plan.ts'
import { seededRandom } from '../../../harness/platform/random.ts'
import { inOrderOfBegin } from '../../../harness/runner/order.ts'

it('scenarios of the corpus begin first, then the long ones, then the others as they stand (AT-1)', () => {
  const plan = createPlan(storeWorkload, seededRandom(1), 1)
  const scenarios = [
    { id: 'short' },
    { id: 'long', expectedDurationMs: 5_000 },
    { id: 'longest', expectedDurationMs: 30_000 },
    { id: 'corpus', plan },
    { id: 'last' },
  ]
  expect(inOrderOfBegin(scenarios).map(({ id }) => id)).toEqual(['corpus', 'longest', 'long', 'short', 'last'])
})

it('what took long last time begins early, whatever was expected', () => {
  const scenarios = [{ id: 'expected', expectedDurationMs: 5_000 }, { id: 'new' }, { id: 'slow' }, { id: 'quick' }]
  const lastTime = { slow: 9_000, quick: 1_000 }
  expect(inOrderOfBegin(scenarios, lastTime).map(({ id }) => id)).toEqual(['slow', 'expected', 'quick', 'new'])
})
