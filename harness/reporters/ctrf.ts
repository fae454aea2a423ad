import type { Outcome, RunResult, ScenarioResult, Skipped } from '../verdict/result.ts'
import { counts, describeDefects, reasons } from './format.ts'
import type { RunRecord } from './record.ts'

/** CTRF has neither unknown nor flaky as a status; `other` is never counted as passed, and `rawStatus` keeps our word. */
const statuses: Record<Outcome, 'passed' | 'failed' | 'other'> = {
  passed: 'passed',
  violated: 'failed',
  unknown: 'other',
  flaky: 'other',
}

/** Returns the run in the Common Test Report Format, one test per scenario. Pure. */
export function ctrf({ run }: RunRecord): string {
  const { passed, violated, unknown, flaky } = counts(run)
  const start = Date.parse(run.startedAt)
  const tests = [...run.scenarios.map(testOf), ...run.skipped.map(skippedTest)]
  const document = {
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    results: {
      tool: { name: 'squall' },
      summary: {
        ...{ tests: tests.length, passed, failed: violated, skipped: run.skipped.length, pending: 0 },
        ...{ other: unknown + flaky, flaky, start, stop: start + run.durationMs },
      },
      tests,
      environment: { testEnvironment: environmentOf(run), extra: run.environment },
      extra: { seed: run.seed, suite: run.suite, exitCode: run.exitCode, leaks: run.leaks },
    },
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

const environmentOf = ({ driver, nodes, defects }: RunResult) =>
  `${driver}, ${nodes} nodes${defects.length === 0 ? '' : `, ${describeDefects(defects)}`}`

function testOf(scenario: ScenarioResult) {
  const { id, outcome, durationMs, startedAt, covers, replay, attempts = [] } = scenario
  const start = Date.parse(startedAt)
  const why = reasons(scenario).join('\n')
  return {
    name: id,
    status: statuses[outcome],
    rawStatus: outcome,
    ...{ duration: Math.round(durationMs), start, stop: start + Math.round(durationMs) },
    ...(why !== '' && { message: why }),
    ...(covers.length > 0 && { tags: covers }),
    ...(attempts.length > 0 && { retries: attempts.length - 1, flaky: outcome === 'flaky' }),
    extra: { title: scenario.title, replay },
  }
}

const skippedTest = ({ id, why }: Skipped) => ({ name: id, status: 'skipped', duration: 0, message: why })
