import { expect, it } from 'vitest'
import type { Mutant } from '../../../harness/mutate/mutant.ts'
import type { ProjectCopy, TestRun } from '../../../harness/mutate/project-copy.ts'
import { unitTestTier } from '../../../harness/mutate/tiers/tests.ts'
import { systemClock as clock } from '../../../harness/platform/clock.ts'

const mutant: Mutant = {
  id: 'M-1',
  operator: 'border-moved',
  path: 'system/platform/fifo.ts',
  line: 1,
  edit: { start: 0, end: 0, text: ' ' },
  diff: '',
}
const passed: TestRun = { outcome: 'passed', test: '', file: '', why: '' }
const failedIn = (file: string): TestRun => ({ outcome: 'failed', test: `a test of ${file}`, file, why: 'w' })

type Answer = (words: readonly string[], hasMutant: boolean) => TestRun | undefined

/** What the tier makes of runs that end so; those without an answer pass. */
function judge(answer: Answer) {
  const copy = (): ProjectCopy => ({
    folder: '',
    runTests: async (words, change) => answer(words, change !== undefined) ?? passed,
    close: () => {},
  })
  return unitTestTier({ root: process.cwd(), clock, jobs: 1, copy }).judge(mutant)
}

/** All files that import the mutant: the first that fails is another one each time. */
function inAnyOrder(): Answer {
  const first = ['a.test.ts', 'b.test.ts']
  return ([how], hasMutant) => (how === 'related' && hasMutant ? failedIn(first.shift()!) : undefined)
}

it('counts a mutant as caught that two files notice, whichever of them fails first', async () => {
  const related = inAnyOrder()
  const verdict = await judge(
    (words, hasMutant) => related(words, hasMutant) ?? (hasMutant ? failedIn(words[1]!) : passed),
  )
  expect(verdict).toMatchObject({ outcome: 'caught', by: 'a test of a.test.ts', where: 'a.test.ts' })
})

it('knows nothing of a test that fails once, or fails without the mutant too', async () => {
  expect(await judge(inAnyOrder())).toMatchObject({ outcome: 'unknown', why: expect.stringContaining('not again') })
  expect(await judge(() => failedIn('a.test.ts'))).toMatchObject({
    outcome: 'unknown',
    why: 'a.test.ts fails without the mutant too: w',
  })
})
