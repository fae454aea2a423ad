import { describe, expect, it } from 'vitest'
import {
  type Ended,
  reportOfBench,
  reportOfExplore,
  reportOfMutate,
  reportOfRun,
  reportOfSelftest,
  reportOfSimulate,
} from '../../../harness/nightly/stage-reports.ts'
import { nightOf } from './lines.ts'
import { fixtureRun } from './nights.ts'

const ended = (own: Partial<Ended> = {}): Ended => ({
  ...{ name: 'acceptance', code: 0, durationMs: 1_000, isOverTime: false },
  ...own,
})
const facts = { night: nightOf(0), commit: 'c1' }

describe('a run of scenarios', () => {
  const run = { ...fixtureRun(), defects: [], interrupted: false }

  it('has a line for each scenario, and what they cover', () => {
    const report = reportOfRun({ ...run, exitCode: 0 }, ended(), facts)
    expect(report.end).toBe('completed')
    expect(report.lines).toHaveLength(run.scenarios.length)
    expect(report.covers).toEqual([...new Set(run.scenarios.flatMap(({ covers }) => covers))])
  })

  it('is cut short by its budget, and keeps what it has', () => {
    const report = reportOfRun({ ...run, exitCode: 124 }, ended({ code: 124 }), facts)
    expect(report.end).toBe('cut-short')
    expect(report.lines).toHaveLength(run.scenarios.length)
  })

  it('is no night when somebody interrupted it', () => {
    expect(reportOfRun({ ...run, interrupted: true }, ended(), facts).lines).toEqual([])
  })
})

describe('a self-test', () => {
  const defect = (id: string, outcome: string) => ({ id, outcome, caught: outcome === 'caught', finding: `of ${id}` })
  const document = {
    defects: [defect('DF-1', 'caught'), defect('DF-2', 'survived'), defect('DF-3', 'unknown')],
    ...{ falseAlarms: 1, cleanScenarios: 2, canary: 'caught', leaks: [] },
  }

  it('names what survived, and what raised a false alarm', () => {
    const report = reportOfSelftest(document, ended({ name: 'selftest', code: 1 }), 190)
    expect(report.detectors).toEqual({ live: 1, of: 3 })
    expect(report.findings.map(({ title }) => title)).toEqual(['defect DF-2 survived', 'false alarms'])
    expect(report.findings[0]!.command).toBe('./squall selftest --defect DF-2')
  })

  it('that ended early says nothing of what it left undecided', () => {
    const report = reportOfSelftest(document, ended({ name: 'selftest', code: 143, isOverTime: true }), 190)
    expect(report.detectors).toEqual({ live: 1, of: 2 })
    expect(report.findings.map(({ title }) => title)).toEqual(['defect DF-2 survived'])
    expect(report.end).toBe('cut-short')
  })

  it('fails the night when the canary does not fail', () => {
    const quiet = { ...document, defects: [], falseAlarms: 0, canary: 'missed' }
    expect(reportOfSelftest(quiet, ended(), 190).findings.map(({ title }) => title)).toEqual(['canary missed'])
  })
})

describe('what searches', () => {
  it('says how to see a violation of a random scenario again', () => {
    const violation = { replayed: { times: 5, of: 6 }, findings: ['delivered-once: lost'], file: 'reports/p.json' }
    const document = { scenarios: 3, distinct: 3, unknown: 0, faultKinds: ['link.cut'] }
    expect(reportOfExplore(document, ended()).findings).toEqual([])
    expect(reportOfExplore({ ...document, violation }, ended({ code: 1 })).findings).toEqual([
      {
        title: 'a random scenario violated an invariant',
        why: 'delivered-once: lost; the shrunk plan failed 5 of 6 times',
        command: './squall replay reports/p.json',
      },
    ])
  })

  it('and one of the simulator', () => {
    const violations = [{ checker: 'carts-merge', why: 'two carts', file: 'p.json' }]
    const report = reportOfSimulate({ histories: 9, violated: 1, unknown: 0, violations }, ended({ code: 1 }))
    expect(report.findings).toEqual([
      {
        title: 'carts-merge was violated in the simulator',
        why: 'two carts',
        command: './squall simulate --plan p.json',
      },
    ])
  })
})

describe('samples', () => {
  it('of mutants have a score, and a survivor does not fail the night', () => {
    const document = { seed: '0x1', score: { caught: 3, of: 4, percent: 75 }, outcomes: { 'not-run': 2 }, leaks: [] }
    const report = reportOfMutate(document, ended({ code: 124 }))
    expect(report).toEqual({ ...report, end: 'cut-short', exitCode: 0, findings: [], mutants: { caught: 3, of: 4 } })
  })

  it('of benchmarks keep a regression', () => {
    const document = { results: [{ name: 'fanout' }] }
    expect(reportOfBench(document, ended({ code: 4 })).exitCode).toBe(4)
    expect(reportOfBench(document, ended({ code: 143, isOverTime: true }))).toEqual(
      expect.objectContaining({ exitCode: 0, end: 'cut-short' }),
    )
  })
})
