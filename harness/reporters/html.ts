import type { FaultRecord } from '../history/operation.ts'
import type { CheckResult, ScenarioResult } from '../verdict/result.ts'
import { escapeHtml } from './escape.ts'
import {
  counts,
  describeAttempts,
  describeSkipped,
  describeWaiting,
  duration,
  outcomeMark,
  outcomeOf,
  reasons,
  replayCommand,
  verdictSentence,
  when,
} from './format.ts'
import type { RunRecord } from './record.ts'
import { style } from './style.ts'
import { timeline } from './timeline.ts'

/** Returns the whole report as one file that needs no network: for offline use, phones, dark mode and print. Pure. */
export function html(record: RunRecord): string {
  const { run } = record
  const sections = [
    verdict(record),
    overview(record),
    ...run.scenarios.map((scenario) => scenarioCard(scenario, record)),
    skipped(record),
    leaks(record),
    environment(record),
  ]
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(`${run.outcome}: Squall run ${run.seed}`)}</title><style>${style}</style></head>
<body><main>
${sections.filter((section) => section !== '').join('\n')}
</main></body></html>
`
}

type Outcome = keyof typeof outcomeMark
const mark = (outcome: Outcome) => `<span class="mark ${outcome}">${outcomeMark[outcome]} ${outcome}</span>`
const anchor = (id: string) => `s-${id.replace(/[^a-zA-Z0-9]+/g, '-')}`

function verdict({ run }: RunRecord): string {
  const numbers = counts(run)
  const facts = [
    [numbers.passed, 'passed'],
    [numbers.violated, 'violated'],
    [numbers.unknown, 'unknown'],
    ...(numbers.flaky > 0 ? [[numbers.flaky, 'flaky']] : []),
    [`${numbers.witnessed}/${numbers.faults}`, 'faults witnessed'],
    [run.leaks.length, 'left behind'],
  ]
  const items = facts.map(([n, what]) => `<li><b>${n}</b>${what}</li>`).join('')
  return `<header class="verdict ${run.outcome}"><span class="small soft">Squall · ${escapeHtml(when(run.startedAt))} · ${duration(run.durationMs)}</span>
<h1>${escapeHtml(verdictSentence(run))}</h1><ul class="counts">${items}</ul>
<p class="small soft">Repeat it: <code>${escapeHtml(replayCommand(run))}</code></p></header>`
}

function overview({ run }: RunRecord): string {
  const rows = run.scenarios.map(
    (one) =>
      `<tr><td class="tight">${mark(one.outcome)}</td><td><a href="#${anchor(one.id)}">${escapeHtml(one.id)}</a><br><span class="soft small">${escapeHtml(one.title)}</span></td><td data-label="faults" class="small">${describeFaults(one)}</td><td data-label="covers" class="small">${escapeHtml(one.covers.join(', '))}</td><td class="n" data-label="took">${duration(one.durationMs)}</td></tr>`,
  )
  return `<section class="card"><h2>Scenarios</h2><table class="stack"><thead><tr><th>verdict</th><th>scenario</th><th>faults</th><th>covers</th><th class="n">took</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`
}

const describeFaults = ({ faults }: ScenarioResult) =>
  faults.map(({ kind, target }) => `<span class="whole">${escapeHtml(`${kind} ${target}`)}</span>`).join(', ') || 'none'

function scenarioCard(scenario: ScenarioResult, { eventsOf }: RunRecord): string {
  const why = [...reasons(scenario), ...describeAttempts(scenario)].map(
    (one) => `<p class="why ${scenario.outcome}">${escapeHtml(one)}</p>`,
  )
  return `<section class="card" id="${anchor(scenario.id)}"><div class="head"><h2>${escapeHtml(scenario.id)}<br><span class="soft small">${escapeHtml(scenario.title)}</span></h2><span>${mark(scenario.outcome)} <span class="soft small">${duration(scenario.durationMs)}</span></span></div>
<p>${escapeHtml(scenario.invariant)}</p>${why.join('')}
<div class="wide">${timeline(scenario, eventsOf(scenario.id))}</div>${legend}
${checksTable(scenario.checks)}${expectationsTable(scenario)}${faultsTable(scenario.faults)}${cellsTable(scenario)}${notJudgedTable(scenario)}${artifacts(scenario)}
<h3>Repeat this scenario</h3><pre>${escapeHtml(replayOf(scenario))}</pre></section>`
}

/** A run's replay command repeats every scenario; here it is restricted to one. */
const replayOf = ({ id, replay }: ScenarioResult) => (replay.includes('--grep') ? replay : `${replay} --grep '^${id}$'`)

const legend = `<ul class="legend"><li><i class="l-requested"></i>fault asked for</li><li><i class="l-witnessed"></i>fault witnessed</li><li><i class="l-step"></i>step</li><li><i class="l-connected"></i>connected</li><li><i class="l-tick"></i>message received</li></ul>`

function checksTable(checks: readonly CheckResult[]): string {
  const rows = checks.map(
    ({ name, outcome, why, evidence }) =>
      `<tr><td class="tight">${mark(outcomeOf(outcome))}</td><td class="tight">${escapeHtml(name)}</td><td>${escapeHtml(why)}${evidenceOf(evidence)}</td></tr>`,
  )
  return table('Checkers', ['verdict', 'checker', 'why'], rows)
}

function evidenceOf(evidence: Record<string, unknown>): string {
  if (Object.keys(evidence).length === 0) return ''
  return `<details><summary>evidence</summary><pre>${escapeHtml(JSON.stringify(evidence, null, 2))}</pre></details>`
}

function expectationsTable({ expectations, steps }: ScenarioResult): string {
  const titleOf = (n: number) => steps.find((step) => step.n === n)?.title ?? ''
  const rows = expectations.map(
    (one) =>
      `<tr><td class="tight">${mark(outcomeOf(one.outcome))}</td><td>${one.after}. ${escapeHtml(titleOf(one.after))}</td><td>${escapeHtml(one.title)}${one.why !== '' && one.why !== 'seen' ? `<br><span class="soft small">${escapeHtml(one.why)}</span>` : ''}</td></tr>`,
  )
  return table('Expectations', ['verdict', 'after step', 'expected'], rows)
}

function faultsTable(faults: readonly FaultRecord[]): string {
  const at = (ms: number | null) => (ms === null ? 'never' : duration(ms))
  const rows = faults.map(
    ({ kind, target, options, requestedMs, witnessedOnMs, witnessedOffMs, witness }) =>
      `<tr><td class="tight">${escapeHtml(`${kind} ${target}`)}${Object.keys(options).length > 0 ? `<br><code class="soft">${escapeHtml(JSON.stringify(options))}</code>` : ''}</td><td class="tight" data-label="asked for">${at(requestedMs)}</td><td data-label="seen on">${at(witnessedOnMs)}<br><span class="soft small">${escapeHtml(witness.on)}</span></td><td data-label="seen off">${at(witnessedOffMs)}<br><span class="soft small">${escapeHtml(witness.off)}</span></td></tr>`,
  )
  return table('Faults and their witnesses', ['fault', 'asked for', 'seen on', 'seen off'], rows)
}

function cellsTable({ cells = [] }: ScenarioResult): string {
  const rows = cells.map(
    ({ cell, missed }) =>
      `<tr><td class="tight">${mark(missed === undefined ? 'passed' : 'unknown')}</td><td>${escapeHtml(cell)}</td><td>${escapeHtml(missed ?? 'hit at its point')}</td></tr>`,
  )
  return table('What the faults hit', ['hit', 'operation, point and fault', 'why'], rows)
}

function notJudgedTable({ notJudged = [] }: ScenarioResult): string {
  const rows = notJudged.map(({ name, why }) => `<tr><td>${escapeHtml(name)}</td><td>${escapeHtml(why)}</td></tr>`)
  return table('Not judged', ['checker or expectation', 'because'], rows)
}

function table(title: string, heads: readonly string[], rows: readonly string[]): string {
  if (rows.length === 0) return ''
  const head = heads.map((one) => `<th>${one}</th>`).join('')
  return `<h3>${title}</h3><table class="stack"><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`
}

function artifacts({ artifacts: paths }: ScenarioResult): string {
  if (paths.length === 0) return ''
  const links = paths.map((path) => `<li><a href="${escapeHtml(encodeURI(path))}">${escapeHtml(path)}</a></li>`)
  return `<h3>Logs, traces, pictures</h3><ul class="small">${links.join('')}</ul>`
}

function skipped({ run }: RunRecord): string {
  if (run.skipped.length === 0) return ''
  const items = run.skipped.map((one) => `<li>${escapeHtml(describeSkipped(one))}</li>`)
  return `<section class="card"><h2>Skipped</h2><p class="soft small">Scenarios that this kind of cluster cannot run. They say nothing about the system.</p><ul>${items.join('')}</ul></section>`
}

function leaks({ run }: RunRecord): string {
  if (run.leaks.length === 0) return ''
  const items = run.leaks.map((leak) => `<li>${escapeHtml(leak)}</li>`)
  return `<section class="card"><h2>Left behind</h2><p class="soft small">What the run started and did not end. <code>./squall clean</code> ends it.</p><ul>${items.join('')}</ul></section>`
}

function environment({ run }: RunRecord): string {
  const waiting = describeWaiting(run)
  const facts: [string, unknown][] = [
    ['seed', run.seed],
    ...(run.defects.length > 0 ? [['defects', run.defects.join(', ')] as [string, unknown]] : []),
    ['driver', run.driver],
    ['nodes', run.nodes],
    ['exit code', run.exitCode],
    ...Object.entries(run.environment),
    ...(waiting === undefined ? [] : [['waited for', waiting] as [string, unknown]]),
  ]
  const rows = facts.map(
    ([name, value]) =>
      `<tr><td class="tight soft">${escapeHtml(name)}</td><td class="mono">${escapeHtml(typeof value === 'string' ? value : JSON.stringify(value))}</td></tr>`,
  )
  return `<section class="card"><h2>Environment</h2><table>${rows.join('')}</table><p class="small soft">Everything here is derived from <a href="verdict.json">verdict.json</a>, <a href="history.ndjson">history.ndjson</a> and <a href="faults.ndjson">faults.ndjson</a>; <code>./squall report</code> renders it again.</p></section>`
}
