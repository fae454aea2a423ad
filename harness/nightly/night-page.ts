import { escapeHtml } from '../reporters/escape.ts'
import { duration, when } from '../reporters/format.ts'
import { describeStanding } from './format.ts'
import type { NightLine } from './night.ts'
import type { Finding, NightReport } from './night-report.ts'
import { card, heatSection, page, standingMark, trendSection } from './page.ts'
import { doubtsOf, failuresOf, having, nightNumbers, nightSentence, outcomeOfNight, provenance } from './verdict.ts'

/** Returns the resilience report of a night as one file that needs no network. Pure. */
export const nightPage = (report: NightReport, history: readonly NightLine[]): string =>
  page(`Squall night ${when(report.night)}`, [
    header(report),
    findings('Failures', 'violated', failuresOf(report)),
    findings('Now passes, now fails', 'unknown', doubtsOf(report, 'flaky', 'intermittent')),
    findings('Unknown', 'unknown', doubtsOf(report, 'unknown')),
    fixed(report),
    stages(report),
    heatSection(history),
    trendSection(history),
    facts(report),
  ])

function header(report: NightReport): string {
  const items = nightNumbers(report).map(([number, what]) => `<li><b>${number}</b>${what}</li>`)
  return `<header class="verdict ${outcomeOfNight(report)}"><span class="small soft">Squall night · ${escapeHtml(when(report.night))} · ${duration(report.durationMs)}</span>
<h1>${escapeHtml(nightSentence(report))}</h1><ul class="counts">${items.join('')}</ul></header>`
}

function findings(title: string, outcome: 'violated' | 'unknown', list: readonly Finding[]): string {
  if (list.length === 0) return ''
  const items = list.map(
    ({ title: what, why, command, page: more }) =>
      `<h3>${escapeHtml(what)}</h3><p class="why ${outcome}">${escapeHtml(why)}${more ? ` ${link(more, 'its report')}` : ''}</p><pre>${escapeHtml(command)}</pre>`,
  )
  return card(title, items.join(''))
}

const link = (path: string, text: string) => `<a href="${escapeHtml(encodeURI(path))}">${escapeHtml(text)}</a>`

/** A run's page is its report; a stage with several pages gives each a name. */
const nameOf = (path: string) => (path.endsWith('/report.html') ? 'report' : path.replace(/^.*\/|\.html$/g, ''))

function fixed(report: NightReport): string {
  const list = having(report, 'fixed')
  if (list.length === 0) return ''
  const items = list.map(
    (one) => `<li>${standingMark(one)} ${escapeHtml(one.scenario)}: ${escapeHtml(describeStanding(one))}</li>`,
  )
  return card('Fixed', `<ul>${items.join('')}</ul>`)
}

function stages({ stages: list }: NightReport): string {
  const rows = list.map(
    ({ name, end, durationMs, summary, pages }) =>
      `<tr><td class="tight">${name}</td><td class="tight" data-label="end">${end}</td><td class="n" data-label="took">${durationMs === 0 ? '–' : duration(durationMs)}</td><td>${escapeHtml(summary)}${(pages ?? []).map((path) => ` ${link(path, nameOf(path))}`).join('')}</td></tr>`,
  )
  return card(
    'Stages',
    `<table class="stack"><thead><tr><th>stage</th><th>end</th><th class="n">took</th><th>what it did</th></tr></thead><tbody>${rows.join('')}</tbody></table>`,
  )
}

function facts(report: NightReport): string {
  const rows = provenance(report).map(
    ([name, value]) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td class="mono">${escapeHtml(String(value))}</td></tr>`,
  )
  return card('Provenance', `<table>${rows.join('')}</table>`)
}
