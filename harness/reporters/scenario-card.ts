import type { FaultRecord } from '../history/operation.ts'
import { describeValue, shellWord } from '../platform/plain-text.ts'
import { count } from '../verdict/checker.ts'
import type { CheckResult, ScenarioResult } from '../verdict/result.ts'
import { escapeHtml } from './escape.ts'
import { findingsSection } from './findings-section.ts'
import { describeAttempts, duration, reasons } from './format.ts'
import { anchorOf, command, evidenceOf, folded, mark, table } from './markup.ts'
import type { RunRecord } from './record.ts'
import { inlineJson } from './script.ts'
import { timelineOf } from './timeline.ts'

/** Returns one scenario, open when it did not pass and a line otherwise; `position` counts them from the top. Pure. */
export function scenarioCard(scenario: ScenarioResult, record: RunRecord, position: number): string {
  const { id, title, outcome, durationMs, faults, apps = [] } = scenario
  const words = [id, title, scenario.invariant, ...reasons(scenario)].join(' ').toLowerCase()
  const kinds = [...new Set(faults.map(({ kind }) => kind))]
  const hasFailed = outcome !== 'passed'
  const isOpen = hasFailed || record.run.scenarios.length === 1
  return `<details class="card scenario" id="${anchorOf(id)}"${isOpen ? ' open' : ''} data-outcome="${outcome}" data-fault="${escapeHtml(kinds.join(' '))}" data-app="${escapeHtml(apps.join(' '))}" data-text="${escapeHtml(words)}">
<summary><h2>${escapeHtml(id)}</h2><span class="soft small what">${escapeHtml(title)}</span><span class="end">${mark(outcome)} <span class="soft small">${duration(durationMs)}</span></span></summary>
<div class="inside"><p>${escapeHtml(scenario.invariant)}</p>
${attempts(scenario)}${hasFailed ? findingsSection(scenario, record, position) : ''}
${timelineFigure(scenario, record)}
${checks(scenario)}${expectations(scenario)}${faultsTable(faults)}${cells(scenario)}${notJudged(scenario)}${artifacts(scenario, record)}
${scenario.covers.length > 0 ? `<p class="small soft">Covers ${escapeHtml(scenario.covers.join(', '))}.</p>` : ''}<h3>Repeat this scenario</h3>${command(replayOf(scenario))}</div></details>`
}

/** A run's replay command repeats every scenario; here it is restricted to one. */
const replayOf = ({ id, replay }: ScenarioResult) => (replay.includes('--grep') ? replay : `${replay} --grep '^${id}$'`)

function attempts(scenario: ScenarioResult): string {
  const lines = describeAttempts(scenario).map((one) => `<li>${escapeHtml(one)}</li>`)
  return lines.length === 0 ? '' : `<ul class="small">${lines.join('')}</ul>`
}

const legend = [
  ['requested', 'fault asked for'],
  ['witnessed', 'fault witnessed'],
  ['ok', 'operation ok'],
  ['failed', 'failed'],
  ['unsure', 'unsure or without an end'],
  ['delivered', 'message delivered'],
  ['lost', 'lost or wrong ✕'],
  ['duplicated', 'twice ◇'],
  ['explained', 'loss explained ○'],
  ['violation', 'violation ▼'],
]
  .map(([kind, text]) => `<li><i class="l-${kind}"></i>${text}</li>`)
  .join('')

/** Drawn by the script from the data beside it. */
function timelineFigure(scenario: ScenarioResult, { eventsOf }: RunRecord): string {
  const name = `t-${anchorOf(scenario.id)}`
  const data = inlineJson(timelineOf(scenario, eventsOf(scenario.id)))
  return `<h3>Timeline</h3><figure class="timeline" data-timeline="${name}"><p class="soft small">The timeline is drawn by a script. Without it, the tables below say when each step and fault began and ended.</p></figure><ul class="legend">${legend}</ul><script type="application/json" id="${name}">${data}</script>`
}

function checks({ checks: all, steps }: ScenarioResult): string {
  if (all.length === 0) return ''
  const passedCount = all.filter(({ outcome }) => outcome === 'passed').length
  const body = table(['verdict', 'checker', 'why'], all.map(checkRow))
  return folded(`${count(all.length, 'checker')}, ${passedCount} passed`, body) + stepsTable(steps)
}

const checkRow = ({ name, outcome, why, evidence }: CheckResult) =>
  `<tr><td class="tight">${mark(outcome)}</td><td class="tight">${escapeHtml(name)}</td><td>${escapeHtml(why)}${evidenceOf(evidence)}</td></tr>`

function stepsTable(steps: ScenarioResult['steps']): string {
  if (steps.length === 0) return ''
  const rows = steps.map(
    ({ n, title, startMs, endMs, error }) =>
      `<tr><td class="tight">${n}. ${escapeHtml(title)}</td><td class="tight" data-label="from">${duration(startMs)}</td><td data-label="to">${duration(endMs)}${error === undefined ? '' : `<br><span class="small">failed: ${escapeHtml(error)}</span>`}</td></tr>`,
  )
  return folded(count(steps.length, 'step'), table(['step', 'from', 'to'], rows))
}

function expectations({ expectations: all, steps }: ScenarioResult): string {
  if (all.length === 0) return ''
  const titleOf = (n: number) => steps.find((step) => step.n === n)?.title ?? ''
  const rows = all.map(
    (one) =>
      `<tr><td class="tight">${mark(one.outcome)}</td><td>${one.after}. ${escapeHtml(titleOf(one.after))}</td><td>${escapeHtml(one.title)}${one.why !== '' && one.why !== 'seen' ? `<br><span class="soft small">${escapeHtml(one.why)}</span>` : ''}</td></tr>`,
  )
  const metCount = all.filter(({ outcome }) => outcome === 'passed').length
  return folded(
    `${count(all.length, 'expectation')}, ${metCount} met`,
    table(['verdict', 'after step', 'expected'], rows),
  )
}

function faultsTable(faults: readonly FaultRecord[]): string {
  if (faults.length === 0) return ''
  const at = (ms: number | null) => (ms === null ? 'never' : duration(ms))
  const rows = faults.map(
    ({ kind, target, options, requestedMs, witnessedOnMs, witnessedOffMs, witness }) =>
      `<tr><td class="tight">${escapeHtml(`${kind} ${target}`)}${Object.keys(options).length > 0 ? `<br><span class="soft small">${escapeHtml(describeValue(options))}</span>` : ''}</td><td class="tight" data-label="asked for">${at(requestedMs)}</td><td data-label="seen on">${at(witnessedOnMs)}<br><span class="soft small">${escapeHtml(witness.on)}</span></td><td data-label="seen off">${at(witnessedOffMs)}<br><span class="soft small">${escapeHtml(witness.off)}</span></td></tr>`,
  )
  const witnessed = faults.filter(({ witnessedOnMs }) => witnessedOnMs !== null).length
  const summary = `${count(faults.length, 'fault')}, ${witnessed} witnessed`
  return folded(summary, table(['fault', 'asked for', 'seen on', 'seen off'], rows), true)
}

function cells({ cells: all = [] }: ScenarioResult): string {
  if (all.length === 0) return ''
  const rows = all.map(
    ({ cell, missed }) =>
      `<tr><td class="tight">${mark(missed === undefined ? 'passed' : 'unknown')}</td><td>${escapeHtml(cell)}</td><td>${escapeHtml(missed ?? 'hit at its point')}</td></tr>`,
  )
  const hitCount = all.filter(({ missed }) => missed === undefined).length
  const summary = `${count(all.length, 'operation')} to be hit by a fault, ${hitCount} hit`
  return folded(summary, table(['hit', 'operation, point and fault', 'why'], rows))
}

function notJudged({ notJudged: all = [] }: ScenarioResult): string {
  if (all.length === 0) return ''
  const rows = all.map(({ name, why }) => `<tr><td>${escapeHtml(name)}</td><td>${escapeHtml(why)}</td></tr>`)
  return folded(`${all.length} not judged`, table(['checker or expectation', 'because'], rows))
}

function artifacts({ artifacts: paths }: ScenarioResult, { has }: RunRecord): string {
  const there = paths.filter(has)
  if (there.length === 0) return ''
  const links = there.map((path) => `<li><a href="${escapeHtml(encodeURI(path))}">${escapeHtml(path)}</a></li>`)
  const traces = there.filter((path) => path.endsWith('-trace.zip'))
  const open = traces.map((path) => command(`npx playwright show-trace ${shellWord(path)}`)).join('')
  const how =
    traces.length > 0 ? `<p class="small soft">A trace is opened, in the folder of this report, with</p>${open}` : ''
  return folded('Logs, traces, pictures', `<ul class="small">${links.join('')}</ul>${how}`, true)
}
