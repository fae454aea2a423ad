import type { FaultRecord, HistoryEvent } from '../history/operation.ts'
import type { ScenarioResult } from '../verdict/result.ts'
import { escapeHtml } from './escape.ts'

/** One diagram per scenario: requested faults, witnessed faults, connected clients, received messages. Pure. */
export function timeline(scenario: ScenarioResult, events: readonly HistoryEvent[]): string {
  const endMs = Math.max(
    1,
    scenario.durationMs,
    ...events.map(({ tMs }) => tMs),
    ...scenario.phases.map((p) => p.endMs),
  )
  const x = (tMs: number) => round(labelWidth + (Math.min(Math.max(tMs, 0), endMs) / endMs) * plotWidth)
  const rows = [
    phaseRow(scenario, x),
    stepRow(scenario, x),
    ...scenario.faults.map((fault) => faultRow(fault, endMs, x)),
    ...clientsOf(events).map((who) => clientRow(who, events, endMs, x)),
  ]
  const height = axisHeight + rows.length * rowHeight + 6
  const drawn = rows.map(({ label, title, marks }, index) => {
    const top = axisHeight + index * rowHeight
    return `<g transform="translate(0 ${top})"><rect class="lane" x="${labelWidth}" y="2" width="${plotWidth}" height="${rowHeight - 4}"/><text class="label" x="${labelWidth - 8}" y="17"><title>${escapeHtml(title)}</title>${escapeHtml(short(label))}</text>${marks}</g>`
  })
  return `<svg class="timeline" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(`Timeline of ${scenario.id}`)}">${axis(endMs, height, x)}${drawn.join('')}</svg>`
}

interface Row {
  label: string
  title: string
  marks: string
}
type Scale = (tMs: number) => number

const width = 1_000
const labelWidth = 170
const plotWidth = width - labelWidth - 12
const rowHeight = 26
const axisHeight = 22
/** Ticks closer than this are merged, so that a thousand messages stay readable and the file stays small. */
const tickStep = 2

const round = (n: number) => Math.round(n * 10) / 10
const short = (text: string) => (text.length > 25 ? `${text.slice(0, 24)}…` : text)
const seconds = (ms: number) => `${Number((ms / 1_000).toFixed(2))} s`

function bar(kind: string, fromX: number, toX: number, title: string): string {
  const barWidth = round(Math.max(1.5, toX - fromX))
  return `<rect class="${kind}" x="${fromX}" y="5" width="${barWidth}" height="${rowHeight - 10}" rx="2"><title>${escapeHtml(title)}</title></rect>`
}

/** Returns the text truncated to the width of the band, or nothing when not even three letters fit. */
function inBand(text: string, fromX: number, toX: number): string {
  const letters = Math.floor((toX - fromX - 6) / 6.2)
  if (letters < 3 && text.length > letters) return ''
  const fitting = text.length > letters ? `${text.slice(0, letters - 1)}…` : text
  return `<text class="inband" x="${round(fromX + 4)}" y="17">${escapeHtml(fitting)}</text>`
}

function axis(endMs: number, height: number, x: Scale): string {
  const steps = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000]
  const everyMs = steps.find((step) => endMs / step <= 10) ?? endMs / 8
  const marks: string[] = []
  for (let tMs = 0; tMs <= endMs; tMs += everyMs)
    marks.push(
      `<line class="grid" x1="${x(tMs)}" x2="${x(tMs)}" y1="${axisHeight}" y2="${height - 4}"/><text class="axis" x="${x(tMs)}" y="14">${seconds(tMs)}</text>`,
    )
  return marks.join('')
}

function phaseRow({ phases }: ScenarioResult, x: Scale): Row {
  const marks = phases.map(({ name, startMs, endMs }, index) => {
    const title = `${name}: ${seconds(startMs)} to ${seconds(endMs)}`
    return bar(`phase phase${index % 2}`, x(startMs), x(endMs), title) + inBand(name, x(startMs), x(endMs))
  })
  return { label: 'phases', title: 'phases of the run', marks: marks.join('') }
}

function stepRow({ steps }: ScenarioResult, x: Scale): Row {
  const marks = steps.map(({ n, title, startMs, endMs, error }) => {
    const words = `step ${n}: ${title}${error === undefined ? '' : `, failed: ${error}`}`
    return (
      bar(error === undefined ? 'step' : 'step broken', x(startMs), x(endMs), words) +
      `<text class="number" x="${round(x(startMs) + 3)}" y="17">${n}</text>`
    )
  })
  return { label: 'steps', title: 'steps of the scenario', marks: marks.join('') }
}

/** The frame is the requested fault; the filled band is the witnessed fault. A frame without a band is no evidence of a fault. */
function faultRow(fault: FaultRecord, endMs: number, x: Scale): Row {
  const name = `${fault.kind} ${fault.target}`
  const requested = bar(
    'requested',
    x(fault.requestedMs),
    x(fault.healRequestedMs ?? endMs),
    `${name}, asked for: ${seconds(fault.requestedMs)} to ${fault.healRequestedMs === null ? 'the end' : seconds(fault.healRequestedMs)}`,
  )
  if (fault.witnessedOnMs === null)
    return { label: name, title: `${name}: not witnessed`, marks: `${requested}${notWitnessed(x(fault.requestedMs))}` }
  const witnessed = bar(
    'witnessed',
    x(fault.witnessedOnMs),
    x(fault.witnessedOffMs ?? endMs),
    `${name}, witnessed: ${seconds(fault.witnessedOnMs)} to ${fault.witnessedOffMs === null ? 'the end' : seconds(fault.witnessedOffMs)}`,
  )
  return { label: name, title: name, marks: requested + witnessed }
}

const notWitnessed = (atX: number) => `<text class="inband" x="${round(atX + 5)}" y="17">not witnessed</text>`

const clientEvents = new Set(['connect', 'disconnect', 'join', 'leave', 'receive'])
const clientsOf = (events: readonly HistoryEvent[]) => [
  ...new Set(events.filter(({ type }) => clientEvents.has(type)).map(({ who }) => who)),
]

function clientRow(who: string, all: readonly HistoryEvent[], endMs: number, x: Scale): Row {
  const events = all.filter((event) => event.who === who)
  const bars = connections(events, endMs).map(({ fromMs, toMs }) =>
    bar('connected', x(fromMs), x(toMs), `${who} connected: ${seconds(fromMs)} to ${seconds(toMs)}`),
  )
  const received = events.filter(({ type }) => type === 'receive')
  return {
    label: who,
    title: `${who}: ${received.length} messages received`,
    marks: bars.join('') + ticks(received, x),
  }
}

/** When at least one connection was open. */
function connections(events: readonly HistoryEvent[], endMs: number): { fromMs: number; toMs: number }[] {
  const spans: { fromMs: number; toMs: number }[] = []
  let open = 0
  let sinceMs = 0
  for (const { type, tMs } of events) {
    if (type === 'connect') {
      if (open === 0) sinceMs = tMs
      open += 1
    }
    if (type === 'disconnect' && open > 0) {
      open -= 1
      if (open === 0) spans.push({ fromMs: sinceMs, toMs: tMs })
    }
  }
  return open > 0 ? [...spans, { fromMs: sinceMs, toMs: endMs }] : spans
}

function ticks(received: readonly HistoryEvent[], x: Scale): string {
  const places = new Set(received.map(({ tMs }) => Math.round(x(tMs) / tickStep) * tickStep))
  if (places.size === 0) return ''
  return `<path class="tick" d="${[...places].map((at) => `M${at} 7v${rowHeight - 14}`).join('')}"/>`
}
