import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../../harness/platform/exit-codes.ts'
import { closing } from '../../../harness/reporters/console.ts'
import { renderings } from '../../../harness/reporters/files.ts'
import { palette } from '../../../harness/reporters/palette.ts'
import { withRetries } from '../../../harness/runner/attempts.ts'
import { type Outcome, type ScenarioResult, worstOutcome } from '../../../harness/verdict/result.ts'
import { fixtureRun } from '../nightly/nights.ts'

const violated = fixtureRun().scenarios.find(({ outcome }) => outcome === 'violated')!
const resultWith = (outcome: Outcome): ScenarioResult =>
  outcome === 'violated' ? violated : { ...violated, outcome, checks: [], expectations: [] }

/** Runs a scenario that ends in these ways, one after the other. */
async function attempts(outcomes: readonly Outcome[], retries: number, goesOn = () => true) {
  const numbers: number[] = []
  const { result } = await withRetries({
    retries,
    goesOn,
    async attempt(number) {
      numbers.push(number)
      return { result: resultWith(outcomes[number - 1]!), entries: [] }
    },
  })
  return { result, numbers }
}

describe('a scenario that may run again', () => {
  it.each<[string, Outcome[], number, Outcome, number]>([
    ['passes at once', ['passed'], 2, 'passed', 1],
    ['fails and then passes', ['violated', 'passed'], 2, 'flaky', 2],
    ['fails twice and then passes', ['violated', 'violated', 'passed'], 2, 'flaky', 3],
    ['fails more often than it may run again', ['violated', 'violated', 'passed'], 1, 'violated', 2],
    ['fails and then cannot be judged', ['violated', 'unknown'], 1, 'violated', 2],
    ['cannot be judged', ['unknown', 'passed'], 2, 'unknown', 1],
    ['fails and may not run again', ['violated', 'passed'], 0, 'violated', 1],
  ])('%s', async (_what, outcomes, retries, outcome, times) => {
    const { result, numbers } = await attempts(outcomes, retries)
    expect(result.outcome).toBe(outcome)
    expect(numbers).toHaveLength(times)
  })

  it('does not run again when the time is up', async () => {
    expect((await attempts(['violated', 'passed'], 1, () => false)).result.outcome).toBe('violated')
  })

  it('shows the attempt that failed, and lists all of them', async () => {
    const { result } = await attempts(['violated', 'passed'], 1)
    expect(result.checks).toEqual(violated.checks)
    expect(result.attempts?.map(({ outcome }) => outcome)).toEqual(['violated', 'passed'])
  })
})

describe('flaky is a word of its own', () => {
  it('is better than unknown, and never passed', () => {
    expect(worstOutcome(['passed', 'flaky'])).toBe('flaky')
    expect(worstOutcome(['flaky', 'unknown'])).toBe('unknown')
    expect(worstOutcome(['flaky', 'violated'])).toBe('violated')
    expect(exitCodes[worstOutcome(['passed', 'flaky'])]).toBe(3)
  })

  it('in every report', async () => {
    const { result } = await attempts(['violated', 'passed'], 1)
    const run = { ...fixtureRun(), leaks: [], outcome: 'flaky' as const, scenarios: [result] }
    const record = { run, isTorn: false, eventsOf: () => [], read: () => undefined, has: () => false }
    expect(renderings['summary.md'](record)).toContain('# ~ Flaky: 1 scenario of 1 failed and then passed')
    expect(renderings['summary.md'](record)).toContain('0 unknown, 1 flaky**')
    expect(renderings['report.html'](record)).toContain('<span class="mark flaky">~ flaky</span>')
    expect(closing(run, palette(false), 'reports/r')).toContain('0 passed, 0 violated, 0 unknown, 1 flaky in')
    const junit = renderings['junit.xml'](record)
    expect(junit).toMatch(/<flakyFailure type="violated" message="[^"]+">/)
    expect(junit).not.toMatch(/<(failure|error)\b/)
    expect(junit).toMatch(/failures="0" errors="0"/)
  })
})
