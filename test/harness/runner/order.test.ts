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
