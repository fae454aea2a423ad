import type { CheckResult, RunResult, ScenarioResult, Skipped } from '../verdict/result.ts'
import { escapeHtml } from './escape.ts'
import { describeDefects, endedEarly, reasons, verdictSentence } from './format.ts'
import type { RunRecord } from './record.ts'

/**
 * One suite per scenario, one case per checker. JUnit has no "unknown", and CI shows skipped cases as green, so an unknown check is an
 * error of the type "unknown". A scenario that was stopped before it could be checked is an error of its own. Pure.
 */
export function junit({ run }: RunRecord): string {
  const suites = run.scenarios.map((scenario) => suite(scenario, run))
  const cases = run.scenarios.flatMap(casesOf)
  const sum = totals(cases)
  const ofRun = [
    ...(run.leaks.length > 0 ? [runSuite('nothing-left-behind', run.leaks.join('; '))] : []),
    ...(endedEarly(run) || run.interrupted ? [runSuite('run-completed', verdictSentence(run))] : []),
  ]
  const left = run.skipped.map(skippedSuite)
  const errors = sum.errors + ofRun.length
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${attribute(nameOf(run))}" tests="${cases.length + ofRun.length + left.length}" failures="${sum.failures}" errors="${errors}" skipped="${sum.skipped + left.length}" time="${time(run.durationMs)}">
${[...suites, ...left, ...ofRun].map((one) => `${one}\n`).join('')}</testsuites>
`
}

/** A failure caused by a known defect is not a regression, so the name states the defects. */
const nameOf = ({ defects }: RunResult) => (defects.length === 0 ? 'squall' : `squall with ${describeDefects(defects)}`)

interface Case {
  name: string
  body: string
  kind: 'passed' | 'failures' | 'errors' | 'skipped'
}

const time = (ms: number) => (ms / 1_000).toFixed(3)
const attribute = (text: string) => escapeHtml(text).replace(/\s+/g, ' ')

function totals(cases: readonly Case[]) {
  const having = (kind: Case['kind']) => cases.filter((one) => one.kind === kind).length
  return { failures: having('failures'), errors: having('errors'), skipped: having('skipped') }
}

function casesOf(scenario: ScenarioResult): Case[] {
  const judged = scenario.checks.map((check) => (scenario.outcome === 'flaky' ? flakyCase(check) : caseOf(check)))
  const events = scenario.checks.some(({ outcome }) => outcome !== 'passed')
  if (judged.length > 0 && (scenario.outcome === 'passed' || events)) return judged
  if (scenario.outcome === 'passed') return [{ name: 'scenario', body: '', kind: 'passed' }]
  const why = reasons(scenario).join('; ') || `the scenario ended ${scenario.outcome} before it could be judged`
  return [...judged, { name: 'scenario', kind: 'errors', body: `<error message="${attribute(why)}"/>` }]
}

function caseOf({ name, outcome, why, evidence }: CheckResult): Case {
  if (outcome === 'passed') return { name, body: '', kind: 'passed' }
  if (outcome === 'unknown')
    return { name, kind: 'errors', body: `<error type="unknown" message="${attribute(`UNKNOWN: ${why}`)}"/>` }
  const details = escapeHtml(JSON.stringify(evidence, null, 2))
  return { name, kind: 'failures', body: `<failure message="${attribute(why)}">${details}</failure>` }
}

/** A check of the attempt that failed: it passed when it ran again, which JUnit has elements of its own for. */
function flakyCase({ name, outcome, why, evidence }: CheckResult): Case {
  if (outcome === 'passed') return { name, body: '', kind: 'passed' }
  const element = outcome === 'violated' ? 'flakyFailure' : 'flakyError'
  const details = escapeHtml(JSON.stringify(evidence, null, 2))
  return {
    name,
    kind: 'passed',
    body: `<${element} type="${outcome}" message="${attribute(why)}">${details}</${element}>`,
  }
}

function suite(scenario: ScenarioResult, run: RunResult): string {
  const cases = casesOf(scenario)
  const { failures, errors, skipped } = totals(cases)
  const properties = [
    ['seed', run.seed],
    ...(run.defects.length > 0 ? [['defects', run.defects.join(' ')]] : []),
    ['covers', scenario.covers.join(' ')],
    ['replay', scenario.replay],
  ].map(([name, value]) => `      <property name="${name}" value="${attribute(value ?? '')}"/>\n`)
  const testcases = cases.map(
    ({ name, body }) =>
      `    <testcase classname="${attribute(scenario.id)}" name="${attribute(name)}" time="${time(cases[0]?.name === name ? scenario.durationMs : 0)}"${body === '' ? '/>' : `>${body}</testcase>`}\n`,
  )
  return `  <testsuite name="${attribute(scenario.id)}" tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="${time(scenario.durationMs)}">
    <properties>
${properties.join('')}    </properties>
${testcases.join('')}  </testsuite>`
}

function skippedSuite({ id, why }: Skipped): string {
  return `  <testsuite name="${attribute(id)}" tests="1" failures="0" errors="0" skipped="1" time="0.000">
    <testcase classname="${attribute(id)}" name="scenario" time="0.000"><skipped message="${attribute(`SKIPPED: ${why}`)}"/></testcase>
  </testsuite>`
}

/** A suite for a result of the whole run rather than of one scenario. */
function runSuite(name: string, why: string): string {
  return `  <testsuite name="${name}" tests="1" failures="0" errors="1" skipped="0" time="0.000">
    <testcase classname="run" name="${name}" time="0.000"><error message="${attribute(why)}"/></testcase>
  </testsuite>`
}
