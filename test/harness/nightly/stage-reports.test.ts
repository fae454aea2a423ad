import { describe, expect, it } from 'vitest'
import {
  type Ended,
  reportOfBench,
  reportOfCompare,
  reportOfExplore,
  reportOfLab,
  reportOfLoad,
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
    const passed = run.scenarios.filter(({ outcome }) => outcome === 'passed')
    expect(report.covers).toEqual([...new Set(passed.flatMap(({ covers }) => covers))])
    expect(passed.length).toBeLessThan(run.scenarios.length)
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
  // As mutate prints it.
  const sample = { seed: '0x1', score: { caught: 3, of: 4, percent: 75 }, outcomes: { 'not-run': 2 } }

  it('of mutants have a score, and a survivor does not fail the night', () => {
    const report = reportOfMutate(sample, ended({ code: 124 }))
    expect(report).toEqual({ ...report, end: 'cut-short', exitCode: 0, findings: [], mutants: { caught: 3, of: 4 } })
  })

  it('of mutants say that their nodes left something', () => {
    expect(reportOfMutate(sample, ended({ code: 5 })).leaks).toHaveLength(1)
    expect(reportOfMutate(sample, ended({ code: 0 })).leaks).toEqual([])
  })

  it('of benchmarks keep a regression', () => {
    const document = { results: [{ name: 'fanout' }] }
    expect(reportOfBench(document, ended({ code: 4 })).exitCode).toBe(4)
    expect(reportOfBench(document, ended({ code: 143, isOverTime: true }))).toEqual(
      expect.objectContaining({ exitCode: 0, end: 'cut-short' }),
    )
  })
})

describe('experiments', () => {
  const finding = (outcome: string) => ({ says: 'the queue falls linearly', outcome, saw: 'R² 0.71' })
  const result = (name: string, verdict: string, outcome: string) => ({ name, verdict, findings: [finding(outcome)] })

  it('fail the night when a prediction was contradicted, with the command that shows it again', () => {
    const results = [
      result('workshop/refuse', 'as predicted', 'as predicted'),
      result('workshop/queue', 'contradicted', 'contradicted'),
      result('workshop/latency', 'unknown', 'unknown'),
    ]
    const report = reportOfLab({ results }, ended({ name: 'lab', code: 1 }))
    expect(report.summary).toBe('1 of 3 experiments as predicted, 1 contradicted, 1 unknown')
    expect(report.findings).toEqual([
      {
        title: 'experiment workshop/queue contradicted its prediction',
        why: 'predicted: the queue falls linearly; measured: R² 0.71',
        command: './squall lab workshop/queue',
      },
    ])
  })

  it('are no doubt about the system when the machine could not measure them', () => {
    const results = [result('workshop/queue', 'unknown', 'unknown')]
    const { exitCode, findings } = reportOfLab({ results }, ended({ name: 'lab', code: 2 }))
    expect([exitCode, findings]).toEqual([0, []])
  })
})

describe('a comparison', () => {
  const document = (control: string) => ({
    ...{ sentence: 'async is faster.', verdict: 'faster', command: 'squall compare sync-async --quick --seed 7' },
    control: { verdict: control },
  })

  it('is told in its sentence, whatever it says', () => {
    const report = reportOfCompare(document('equivalent'), ended({ name: 'compare', code: 2 }))
    expect([report.summary, report.exitCode, report.findings]).toEqual([
      ...['async is faster. Control against itself: equivalent.', 0, []],
    ])
  })

  it.each(['faster', 'slower'])('fails the night when its control is %s than itself', (control) => {
    const { findings } = reportOfCompare(document(control), ended({ name: 'compare' }))
    expect(findings.map(({ command }) => command)).toEqual(['./squall compare sync-async --quick --seed 7'])
  })
})

describe('the loads', () => {
  const threshold = { metric: 'purchase', requirement: 'p(95)<5000', isKept: false, measured: 6_100 }
  const kept = { load: 'workshop', users: 50, outcome: 'passed', thresholds: [{ ...threshold, isKept: true }] }

  it('are a regression when a threshold was crossed, which is named', () => {
    const crossed = { load: 'release-day', users: 200, outcome: 'violated', thresholds: [threshold] }
    const report = reportOfLoad([crossed, kept], ended({ name: 'load', code: 0 }))
    expect([report.exitCode, report.summary, report.findings]).toEqual([
      ...[4, 'release-day with 200 users crossed, purchase p(95)<5000 was 6100; workshop with 50 users passed', []],
    ])
  })

  it('are no doubt when a script failed, which is named', () => {
    const failed = { ...kept, outcome: 'unknown', why: 'the script failed: boom', thresholds: [] }
    const report = reportOfLoad([failed], ended({ name: 'load', code: 2 }))
    expect([report.exitCode, report.summary]).toEqual([0, 'workshop with 50 users unknown, the script failed: boom'])
  })
})
