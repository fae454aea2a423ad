import type { HistoryEvent } from '../history/operation.ts'
import type { ScenarioResult } from '../verdict/result.ts'
import { describeEvent, detailsOf } from './describe-event.ts'
import { differenceOf } from './difference.ts'
import { escapeHtml } from './escape.ts'
import { duration, type Finding, findings, outcomeMark } from './format.ts'
import { evidenceOf, folded, table } from './markup.ts'
import { eventsAround, type Moment, momentOf } from './moment.ts'
import { logsAround } from './node-logs.ts'
import { picturesAt } from './pictures.ts'
import type { RunRecord } from './record.ts'

/** Beyond these a report would become too large to open; the traces have the pictures of all. */
const scenariosWithPictures = 12
const findingsWithEvents = 4

/** Returns why a scenario did not pass: each violation with what was expected, seen and going on; then what is unknown. Pure. */
export function findingsSection(scenario: ScenarioResult, record: RunRecord, position: number): string {
  const all = findings(scenario)
  const violated = all.filter(({ outcome }) => outcome === 'violated')
  const [shown, listed] = violated.length > 0 ? [violated, all.slice(violated.length)] : [all.slice(0, 1), all.slice(1)]
  const sections = shown.map((finding, index) => findingSection(finding, index, scenario, record, position))
  const rest = listed.map(({ outcome, sentence }) => `<li>${outcomeMark[outcome]} ${escapeHtml(sentence)}</li>`)
  return `${sections.join('')}${rest.length > 0 ? `<h3>Unknown</h3><ul class="plain">${rest.join('')}</ul>` : ''}`
}

function findingSection(
  finding: Finding,
  index: number,
  scenario: ScenarioResult,
  record: RunRecord,
  position: number,
): string {
  const events = record.eventsOf(scenario.id)
  const moment = momentOf(finding, scenario, events)
  const isFirst = index === 0
  const parts = [
    difference(finding.evidence),
    ...(isFirst && position < scenariosWithPictures ? [pictures(scenario, moment, record)] : []),
    ...(index < findingsWithEvents ? [aroundIt(moment, finding, events, isFirst), logs(scenario, moment, record)] : []),
    evidenceOf(withoutCompared(finding.evidence)),
  ]
  return `<section class="finding ${finding.outcome}"><h3>${escapeHtml(headlineOf(finding))}</h3><p class="small soft">${finding.from === 'check' ? `Checker ${escapeHtml(finding.name)}, s` : 'S'}een ${duration(moment.tMs)} after the scenario began.</p>${parts.join('')}</section>`
}

/** The name of a checker says little to people, so it comes after its sentence. */
function headlineOf({ from, why, sentence }: Finding): string {
  const words = from === 'check' ? why : sentence
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const withoutCompared = ({ expected: _, seen: __, ...rest }: Record<string, unknown>) => rest

const signs = { '-': 'expected', '+': 'seen', ' ': 'same', '…': 'gap' } as const

function difference(evidence: Record<string, unknown>): string {
  if (!('expected' in evidence && 'seen' in evidence)) return ''
  const lines = differenceOf(evidence.expected, evidence.seen)
  if (lines.length === 0) return ''
  const shown = lines.map(({ sign, text }) => `<span class="d-${signs[sign]}">${sign} ${escapeHtml(text)}</span>`)
  return `<div class="diff"><p class="small"><span class="d-expected">− expected</span> <span class="d-seen">+ seen</span></p><pre>${shown.join('\n')}</pre></div>`
}

function pictures(scenario: ScenarioResult, { tMs }: Moment, { read }: RunRecord): string {
  const all = picturesAt(scenario, tMs, read)
  if (all.length === 0) return ''
  const shown = all.map(({ who, tMs: at, mime, bytes }) => {
    const what = `${who} ${at === undefined ? 'in the end' : `at ${duration(at)}`}`
    return `<figure><img alt="${escapeHtml(`what the page of ${what} showed`)}" src="data:${mime};base64,${Buffer.from(bytes).toString('base64')}"><figcaption class="small soft">${escapeHtml(what)}</figcaption></figure>`
  })
  return `<div class="pictures">${shown.join('')}</div>`
}

function aroundIt(moment: Moment, finding: Finding, events: readonly HistoryEvent[], isOpen: boolean): string {
  const around = eventsAround(moment, finding, events)
  if (around.length === 0) return ''
  const rows = around.map(
    (event) =>
      `<tr${event.index === moment.index ? ' class="it"' : ''}><td class="n" data-label="when">${offset(event.tMs - moment.tMs)}</td><td class="tight">${escapeHtml(event.who)}</td><td>${escapeHtml(describeEvent(event))} <span class="soft small">${escapeHtml(detailsOf(event))}</span></td></tr>`,
  )
  return folded(`The ${around.length} events around it`, table(['when', 'who', 'what'], rows), isOpen)
}

const offset = (ms: number) => (ms === 0 ? '0 ms' : `${ms < 0 ? '−' : '+'}${duration(Math.abs(ms))}`)

function logs(scenario: ScenarioResult, { tMs }: Moment, { read }: RunRecord): string {
  const lines = logsAround(scenario, tMs, read)
  if (lines.length === 0) return ''
  const shown = lines.map((line) => escapeHtml(`${offset(Math.round(line.tMs - tMs))} ${line.source} ${line.text}`))
  return folded('The logs at that time', `<pre>${shown.join('\n')}</pre>`)
}
