import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type RenderingName, renderings } from '../../../harness/reporters/files.ts'
import { causeFirst, reasons, replayCommand, verdictSentence } from '../../../harness/reporters/format.ts'
import { readRecord } from '../../../harness/reporters/record.ts'
import type { CheckResult, RunResult, ScenarioResult } from '../../../harness/verdict/result.ts'

const record = readRecord(join(import.meta.dirname, 'fixture'))
const [passed, , inconclusive] = record.run.scenarios as [ScenarioResult, ScenarioResult, ScenarioResult]
const names = Object.keys(renderings) as RenderingName[]
const check = (name: string, outcome: CheckResult['outcome'], why: string) => ({ name, outcome, why, evidence: {} })

const why = 'steps: step 1 (wait) was abandoned at its limit of 60 s'
const abandoned: ScenarioResult = {
  ...inconclusive,
  expectations: [],
  steps: [
    { n: 1, title: 'wait', startMs: 0, endMs: 60_000, error: 'step 1 (wait) was abandoned at its limit of 60 s' },
  ],
  checks: [
    check('expectations', 'unknown', 'no expectation was reached'),
    check('joined-topics', 'unknown', 'nobody joined'),
    check('scenario-completed', 'unknown', why),
  ],
}

describe('the reason of a verdict (AT-3)', () => {
  it('is first what stopped the scenario, said once; that nothing was reached goes without saying', () => {
    expect(reasons(abandoned)).toEqual([why, 'joined-topics: nobody joined'])
    expect(verdictSentence({ ...record.run, scenarios: [abandoned] })).toContain(`first ${abandoned.id} (${why})`)
  })

  it('is the violation, where there is one', () => {
    const checks = [...abandoned.checks, check('at-most-once', 'violated', 'duplicate')]
    expect(reasons({ ...abandoned, checks })[0]).toBe('at-most-once: duplicate')
  })

  it('comes first among the checks too', () => {
    expect(causeFirst(abandoned.checks)[0]!.name).toBe('scenario-completed')
    const beside = [check('at-most-once', 'violated', 'duplicate'), ...abandoned.checks]
    expect(causeFirst(beside)[0]!.name).toBe('at-most-once')
  })

  it('does not call passed a run that ended before all had begun', () => {
    const partial: RunResult = { ...record.run, outcome: 'unknown', exitCode: 124, scenarios: [passed] }
    expect(verdictSentence(partial)).toBe('Unknown: the run ended before every scenario had begun; 1 scenario passed.')
    expect(renderings['junit.xml']({ ...record, run: { ...partial, leaks: [] } })).toContain('errors="1"')
  })
})

it.each([
  ['20261120T201500Z-acceptance-0x5eed', 'reports/20261120T201500Z-acceptance-0x5eed'],
  ["../my runs/it's", "'../my runs/it'\\''s'"],
])('the replay command of %s can be pasted', (folder, path) => {
  expect(replayCommand({ folder })).toBe(`./squall replay ${path}`)
})

describe('a run with a defect', () => {
  const run: RunResult = { ...record.run, defects: ['DF-10'] }

  it.each(names)('is named in %s, so that it does not look like a regression', (name) => {
    expect(renderings[name]({ ...record, run })).toContain('DF-10')
    expect(renderings[name](record)).not.toContain('DF-10')
  })
})

describe('what a program said', () => {
  // Metrics have no sentences.
  it.each(names.filter((name) => name !== 'metrics.om'))('appears without escape codes in %s', (name) => {
    const checks = [check('at-most-once', 'violated', '\x1b[31mduplicate\x1b[39m')]
    const page = renderings[name]({
      ...record,
      run: { ...record.run, scenarios: [{ ...passed, outcome: 'violated', checks }] },
    })
    expect(page).toContain('duplicate')
    expect(['\x1b', '[31m', '\ufffd'].filter((code) => page.includes(code))).toEqual([])
  })
})

it('an inconclusive check is an error for a CI that reads JUnit, not something skipped', () => {
  const xml = renderings['junit.xml']({ ...record, run: { ...record.run, scenarios: [inconclusive], leaks: [] } })
  expect(xml).toContain('failures="0" errors="1" skipped="0"')
  expect(xml).toMatch(/<error type="unknown" message="UNKNOWN: /)
})
