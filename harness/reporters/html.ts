import type { RunResult, ScenarioResult } from '../verdict/result.ts'
import { escapeHtml } from './escape.ts'
import {
  counts,
  describeSkipped,
  describeWaiting,
  duration,
  replayCommand,
  toolOf,
  verdictSentence,
  when,
} from './format.ts'
import { command, table } from './markup.ts'
import type { RunRecord } from './record.ts'
import { scenarioCard } from './scenario-card.ts'
import { script } from './script.ts'
import { style } from './style.ts'

/** Returns the whole report as one file that needs no network: for offline use, phones, dark mode and print. Pure. */
export function html(record: RunRecord): string {
  const { run } = record
  const order = worstFirst(run.scenarios)
  const sections = [
    verdict(record),
    filter(run),
    ...order.map((scenario, index) => scenarioCard(scenario, record, index)),
    skipped(record),
    leaks(record),
    environment(record),
  ]
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(`${run.outcome}: Squall run ${run.seed}`)}</title><style>${style}</style></head>
<body><main>
${sections.filter((section) => section !== '').join('\n')}
</main><script>${script}</script></body></html>
`
}

const ranks = { violated: 0, unknown: 1, flaky: 2, passed: 3 } as const

const worstFirst = (scenarios: readonly ScenarioResult[]) =>
  scenarios.toSorted((one, other) => ranks[one.outcome] - ranks[other.outcome])

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
<p class="small soft">Repeat the run:</p>${command(replayCommand(run))}</header>`
}

/** Shown by the script, because nothing can be filtered without it. */
function filter({ scenarios }: RunResult): string {
  if (scenarios.length < 2) return ''
  const distinct = (of: (scenario: ScenarioResult) => readonly string[]) => [...new Set(scenarios.flatMap(of))].sort()
  const lists = [
    select(
      'outcome',
      'Outcome',
      distinct(({ outcome }) => [outcome]),
    ),
    select(
      'fault',
      'Fault',
      distinct(({ faults }) => faults.map(({ kind }) => kind)),
    ),
    select(
      'app',
      'Application',
      distinct(({ apps = [] }) => apps),
    ),
  ]
  return `<form id="filter" class="filter" role="search"><label>Text <input name="text" type="search" placeholder="name, title or reason"></label>${lists.join('')}<button type="reset">Clear</button><output class="small soft"></output></form>`
}

function select(name: string, label: string, values: readonly string[]): string {
  if (values.length < 2) return ''
  const options = values.map((value) => `<option>${escapeHtml(value)}</option>`)
  return `<label>${label} <select name="${name}"><option value="">all</option>${options.join('')}</select></label>`
}

function skipped({ run }: RunRecord): string {
  if (run.skipped.length === 0) return ''
  const items = run.skipped.map((one) => `<li>${escapeHtml(describeSkipped(one))}</li>`)
  return `<section class="card"><h2>Skipped</h2><p class="soft small">Scenarios that this kind of cluster cannot run. They say nothing about the system.</p><ul>${items.join('')}</ul></section>`
}

function leaks({ run }: RunRecord): string {
  if (run.leaks.length === 0) return ''
  const items = run.leaks.map((leak) => `<li>${escapeHtml(leak)}</li>`)
  return `<section class="card"><h2>Left behind</h2><p class="soft small">What the run started and did not end. <code>${escapeHtml(toolOf(run))} clean</code> ends it.</p><ul>${items.join('')}</ul></section>`
}

const sources = ['verdict.json', 'history.ndjson', 'faults.ndjson', 'schedule.json'] as const

function environment({ run, has }: RunRecord): string {
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
      `<tr><th scope="row" class="tight">${escapeHtml(name)}</th><td class="mono">${escapeHtml(typeof value === 'string' ? value : JSON.stringify(value))}</td></tr>`,
  )
  const links = sources.filter(has).map((file) => `<a href="${file}">${file}</a>`)
  return `<section class="card"><h2>Environment</h2>${table([], rows)}<p class="small soft">Everything here is derived from ${links.join(', ') || 'the history'}; <code>${escapeHtml(toolOf(run))} report</code> renders it again. <code>trace.perfetto.json</code> opens in ui.perfetto.dev.</p></section>`
}
