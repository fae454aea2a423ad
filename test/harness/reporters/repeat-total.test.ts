import { join } from 'node:path'
import { expect, it } from 'vitest'
import { palette } from '../../../harness/reporters/palette.ts'
import { readRecord } from '../../../harness/reporters/record.ts'
import { repeatTotal } from '../../../harness/reporters/repeat-total.ts'
import type { Outcome, RunResult } from '../../../harness/verdict/result.ts'

const { run } = readRecord(join(import.meta.dirname, 'fixture'))
const once = (folder: string, outcome: Outcome, durationMs: number): RunResult => ({
  ...run,
  folder: `reports/${folder}`,
  outcome,
  durationMs,
  scenarios: [{ ...run.scenarios[0]!, id: 'a/one', outcome, durationMs }],
})

it('says each scenario once, how often it ended how, and how to repeat the worst run', () => {
  const runs = [once('r1', 'passed', 1_000), once('r2', 'unknown', 2_000), once('r3', 'violated', 3_000)]
  expect(repeatTotal(runs, palette(false)).split('\n')).toEqual([
    '',
    '✗ 1 of 3 violated, 1 unknown, 1 passed  a/one  median 2.0 s',
    '',
    '3 runs: 1 of 3 violated, 1 unknown, 1 passed in 6.0 s',
    'first violated: reports/r3/report.html',
    'replay: ./squall replay reports/r3',
    '',
  ])
})

it('has nothing to repeat where all passed', () => {
  expect(repeatTotal([once('r1', 'passed', 1_000), once('r2', 'passed', 1_000)], palette(false))).not.toContain(
    'replay',
  )
})
