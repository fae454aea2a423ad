import { expect, it } from 'vitest'
import { possibleWith } from '../../../harness/cli/selftest.ts'
import { withoutMissingRedis } from '../../../harness/runner/prerequisites.ts'
import type { Scenario } from '../../../harness/scenario.ts'
import type { Defect } from '../../../harness/selftest/defect.ts'
import { quietIo } from './support.ts'

const aScenario = (id: string, own: Partial<Scenario> = {}) => ({ id, ...own }) as Scenario
const defectOf = (scenario: string) => ({ diff: [], header: { scenario } }) as unknown as Defect

it('leaves out no defect of a scenario that only nights run, and those of Redis where there is none', () => {
  const all = [
    aScenario('cluster/quick'),
    aScenario('cluster/long', { nightlyBecause: 'it takes long' }),
    aScenario('cluster/redis', { given: { pubsub: 'redis' } }),
  ]
  const possible = withoutMissingRedis(all, [], quietIo({ env: { PATH: '', SQUALL_REDIS: '/no/redis' } }))
  const isPossible = possibleWith(all, possible)
  expect(all.map(({ id }) => isPossible(defectOf(id)))).toEqual([true, true, false])
  expect(isPossible(defectOf('nobody/knows'))).toBe(true)
})
