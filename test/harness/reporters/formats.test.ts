import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { schema as ctrfSchema } from 'ctrf'
import { parse as parseJunit, type TestSuites } from 'junit2json'
import { describe, expect, it } from 'vitest'
import { ctrf } from '../../../harness/reporters/ctrf.ts'
import { junit } from '../../../harness/reporters/junit.ts'
import { markdown } from '../../../harness/reporters/markdown.ts'
import { openMetrics } from '../../../harness/reporters/openmetrics.ts'
import { readRecord } from '../../../harness/reporters/record.ts'
import type { RunResult } from '../../../harness/verdict/result.ts'

const jsonOf = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
const fixture = join(import.meta.dirname, 'fixture')
const record = readRecord(fixture)
const scenario = record.run.scenarios[0]!

/** What a schema has against a document. */
function problemsOf(schema: object, document: unknown): string[] {
  const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false })
  ajv.validate(schema, document)
  return (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** A run that has every field that a run may have. */
const everything: RunResult = {
  ...record.run,
  outcome: 'flaky',
  skipped: [{ id: 'cluster/other', why: 'says "no" \\ and\nmore' }],
  scenarios: [
    {
      ...scenario,
      outcome: 'flaky',
      cells: [{ cell: 'buy' }, { cell: 'add', missed: 'too slow' }],
      attempts: [
        { outcome: 'violated', durationMs: 5, why: 'w' },
        { outcome: 'passed', durationMs: 4, why: null },
      ],
      steps: [{ ...scenario.steps[0]!, error: 'broke' }],
      faults: [
        {
          ...scenario.faults[0]!,
          ...{
            parts: ['n1'],
            explains: { at: 'node' },
            forgets: 'memory',
            endsConnections: true,
            isSudden: true,
            closesWith: 1012,
          },
          ...{ witnessedOnMs: null, healRequestedMs: null, witnessedOffMs: null },
        },
      ],
    },
  ],
}

describe('the schema of verdict.json', () => {
  const schema = jsonOf('docs/schema/verdict.schema.json')

  it.each([
    ['the fixture', record.run],
    ['a run with every field', everything],
    ['a killed run', { ...record.run, ended: false }],
  ])('accepts %s', (_what, run) => {
    expect(problemsOf(schema, run)).toEqual([])
  })

  it.each([
    ['an unknown field', { ...record.run, verdict: 'good' }, ' must NOT have additional properties'],
    ['another outcome', { ...record.run, outcome: 'fine' }, '/outcome must be equal to one of the allowed values'],
    [
      'a scenario without checks',
      { ...record.run, scenarios: [{ ...scenario, checks: undefined }] },
      "/scenarios/0 must have required property 'checks'",
    ],
  ])('refuses %s', (_what, run, problem) => {
    expect(problemsOf(schema, run)).toContain(problem)
  })
})

describe('what a run says of each scenario (AT-52)', () => {
  const [cutLink, stock] = record.run.scenarios

  it('is what was to hold, every fault with its times, and every expectation with how it ended', () => {
    for (const { title, invariant, faults, checks } of record.run.scenarios) {
      expect([title, invariant].every((text) => text.length > 0)).toBe(true)
      expect(checks.length).toBeGreaterThan(0)
      for (const { requestedMs, healRequestedMs } of faults) expect(healRequestedMs!).toBeGreaterThan(requestedMs)
    }
    expect(cutLink!.faults.map(({ witnessedOnMs, witnessedOffMs }) => [witnessedOnMs, witnessedOffMs])).toEqual([
      [4_180, 7_050],
      [7_420, 9_240],
    ])
    expect(cutLink!.expectations.map(({ after, outcome }) => [after, outcome])).toEqual([
      [1, 'passed'],
      [3, 'passed'],
    ])
    expect(stock!.expectations.map(({ outcome }) => outcome)).toEqual(['violated'])
  })

  it('keeps what a broken link explains, a known limit of channels, apart from failures (DF-2)', () => {
    const losses = cutLink!.checks.find(({ name }) => name === 'at-most-once')!
    expect([losses.outcome, losses.why]).toEqual(['passed', '24 messages: 20 once, 4 lost in a witnessed window'])
    expect(markdown(record)).not.toContain(losses.why)
    expect(markdown(record)).toContain(stock!.checks[0]!.why)
  })
})

describe('ctrf.json', () => {
  const of = (run: RunResult) => JSON.parse(ctrf({ ...record, run }))

  it.each([
    ['the fixture', record.run],
    ['a run with every field', everything],
  ])('of %s is what its schema accepts', (_what, run) => {
    expect(problemsOf(ctrfSchema, of(run))).toEqual([])
  })

  it('counts neither unknown nor flaky as passed', () => {
    const { summary, tests } = of(record.run).results
    expect(summary).toEqual(expect.objectContaining({ tests: 3, passed: 1, failed: 1, other: 1, skipped: 0 }))
    expect(tests.map(({ rawStatus }: Record<string, string>) => rawStatus)).toEqual(['passed', 'violated', 'unknown'])
    expect(of(everything).results.summary).toEqual(
      expect.objectContaining({ passed: 0, other: 1, flaky: 1, skipped: 1 }),
    )
  })

  it('would be refused with another status', () => {
    const document = of(record.run)
    document.results.tests[0].status = 'unknown'
    expect(problemsOf(ctrfSchema, document)).toEqual([
      '/results/tests/0/status must be equal to one of the allowed values',
    ])
  })
})

describe('junit.xml', () => {
  const of = async (run: RunResult) => (await parseJunit(junit({ ...record, run })))!

  it('is what a parser of JUnit reads, one suite for each scenario and one case for each checker', async () => {
    const { testsuite = [], failures, errors, tests } = (await of(record.run)) as TestSuites
    const ids = record.run.scenarios.map(({ id }) => id)
    expect(testsuite.map(({ name }) => name)).toEqual([...ids, 'nothing-left-behind'])
    const cases = testsuite.flatMap(({ testcase = [] }) => testcase)
    expect([tests, failures, errors]).toEqual([cases.length, 1, 2])
    expect(cases.find(({ failure }) => failure)!.failure![0]!.message).toMatch(/^stale view: alice differs/)
    expect(testsuite[0]!.properties!.map(({ name }) => name)).toEqual(['seed', 'covers', 'replay'])
  })

  it('says of a flaky scenario that its failure was none when it ran again', () => {
    const failed = { ...record.run.scenarios[1]!, outcome: 'flaky' as const }
    const xml = junit({ ...record, run: { ...record.run, scenarios: [failed], leaks: [] } })
    expect(xml).toContain('<flakyFailure type="violated" message="stale view: alice')
    expect(xml).toContain('failures="0" errors="0"')
  })
})

describe('summary.md', () => {
  it('stays within what GitHub shows, says how much is left out, and still begins with the verdict', () => {
    const why = 'x'.repeat(1_000)
    const failed = {
      ...scenario,
      outcome: 'violated' as const,
      checks: [{ name: 'c', outcome: 'violated' as const, why, evidence: {} }],
    }
    const run = { ...record.run, scenarios: Array.from({ length: 300 }, (_, n) => ({ ...failed, id: `a/${n}` })) }
    const text = markdown({ ...record, run })
    expect(Buffer.byteLength(text)).toBeLessThan(200_500)
    expect(text).toMatch(/^# ✗ Violated: 300 scenarios of 300/)
    expect(text).toMatch(/\n\n\d+ sections are left out here, .*; report\.html has everything\.\n$/)
    expect(markdown({ ...record, run: { ...run, scenarios: run.scenarios.slice(0, 3) } })).not.toContain('left out')
  })
})

describe('metrics.om', () => {
  /** One line of OpenMetrics 1.0: a description, a sample or the end. */
  const line =
    /^(# (TYPE [a-z_]+ (gauge|stateset|info)|UNIT [a-z_]+_(seconds seconds|ratio ratio)|HELP [a-z_]+ [^\n]+|EOF)|[a-z_]+(\{[a-z_]+="(\\[\\"n]|[^"\\])*"(,[a-z_]+="(\\[\\"n]|[^"\\])*")*\})? \d+(\.\d+)?)$/

  it.each([record.run, everything])('has only lines that OpenMetrics knows, and ends with the end', (run) => {
    const lines = openMetrics({ ...record, run }).split('\n')
    expect(lines.pop()).toBe('')
    expect(lines.at(-1)).toBe('# EOF')
    expect(lines.filter((one) => !line.test(one))).toEqual([])
  })

  it('says how each scenario ended and how long it took to recover', () => {
    const text = openMetrics(record)
    expect(text).toContain('squall_scenario_outcome{scenario="cluster/cut-link",squall_scenario_outcome="passed"} 1\n')
    expect(text).toContain(
      'squall_scenario_outcome{scenario="cluster/cut-link",squall_scenario_outcome="violated"} 0\n',
    )
    expect(text).toContain('squall_scenario_recovery_seconds{scenario="cluster/cut-link"} 0.5\n')
    expect(text).toContain('scenario="store/stock <broken> & \\"quoted\\""')
  })
})
