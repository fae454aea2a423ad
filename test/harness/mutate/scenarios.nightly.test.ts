import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openCoverage } from '../../../harness/mutate/coverage.ts'
import { executes } from '../../../harness/mutate/executed.ts'
import { mutantOf } from '../../../harness/mutate/mutant.ts'
import { conditionNegated } from '../../../harness/mutate/operators/conditions.ts'
import { recordScenario, type ScenarioAnswer, scenarioTier } from '../../../harness/mutate/tiers/scenarios.ts'
import { systemClock as clock } from '../../../harness/platform/clock.ts'
import { withRunEnvironment } from '../../../harness/runner/run-environment.ts'
import { loadAll } from '../../../harness/runner/scenario-files.ts'

/** Mutants on real clusters. */
const root = process.cwd()
const seed = 7
const path = 'system/apps/store/cart/cart.ts'
const source = readFileSync(path, 'utf8')
let out = ''
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'squall-test-'))
})
afterAll(() => rmSync(out, { recursive: true, force: true }))

const mutantAt = (text: string, other: string) => {
  const start = source.indexOf(text)
  return mutantOf({ operator: conditionNegated, path, edit: { start, end: start + text.length, text: other } }, source)
}
const removalKeepsTheWrongOne = mutantAt('one !== itemId', 'one === itemId')
const noScenarioOfThese = mutantAt('throw new TypeError(`an item id', 'return new TypeError(`an item id')

it('asks the scenarios that execute the place, and says which checker caught the mutant', async () => {
  const scenarios = await loadAll(root)
  const remembered = new Map<string, ScenarioAnswer>()
  const { done } = await withRunEnvironment({ seed, headed: false }, async (environment) => {
    const tools = { root, scenarios, seed, out, environment, clock, interruptedBy: () => undefined }
    const coverage = await recordScenario('cart/one-server', openCoverage(root), tools)
    const tier = scenarioTier({
      ...tools,
      recorded: [coverage],
      most: 3,
      sourceOf: () => source,
      goesOn: () => true,
      memory: {
        find: (_mutant, id) => remembered.get(id),
        keep: (_mutant, id, answer) => void remembered.set(id, answer),
      },
    })
    const caught = await tier.judge(removalKeepsTheWrongOne)
    const falseAlarm = await tier.falseAlarm?.(caught)
    return { coverage, caught, falseAlarm, unseen: await tier.judge(noScenarioOfThese) }
  })
  expect(done.coverage.outcome).toBe('passed')
  expect(executes(done.coverage.executed, path, removalKeepsTheWrongOne.edit, source)).toBe(true)
  expect(done.caught).toMatchObject({ outcome: 'caught', by: 'cart-never-lost', where: 'cart/one-server' })
  expect(remembered.get('cart/one-server')).toMatchObject({ outcome: 'violated', by: 'cart-never-lost' })
  expect(done.falseAlarm).toBeUndefined()
  expect(done.unseen).toMatchObject({ outcome: 'skipped', why: 'no scenario executes the place' })
}, 200_000)
