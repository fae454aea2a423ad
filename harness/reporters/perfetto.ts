import type { RunRecord } from './record.ts'
import { type Chart, type Lane, type TimelineData, timelineOf } from './timeline.ts'

/** One event of Chrome's trace format, which ui.perfetto.dev and chrome://tracing open; times in microseconds. */
interface TraceEvent {
  ph: 'M' | 'X' | 'i' | 'C'
  pid: number
  tid: number
  ts: number
  cat: string
  name: string
  dur?: number
  s?: 't' | 'p'
  args: Record<string, unknown>
}

/**
 * Returns the whole run as one trace: each group of lanes of a scenario's timeline is a process, each lane a thread. Scenarios stand where
 * they ran. Pure.
 */
export function perfetto({ run, eventsOf }: RunRecord): string {
  const startMs = Date.parse(run.startedAt)
  const events: string[] = []
  let pid = 0
  for (const scenario of run.scenarios) {
    const data = timelineOf(scenario, eventsOf(scenario.id))
    const beginMs = Math.max(0, Date.parse(scenario.startedAt) - startMs) || 0
    for (const event of scenarioEvents(data, beginMs, pid)) events.push(JSON.stringify(event))
    pid += data.groups.length
  }
  const { seed, suite, outcome, startedAt, defects, skipped } = run
  const other = JSON.stringify({ seed, suite, outcome, startedAt, defects, skipped })
  return `{"displayTimeUnit":"ms","otherData":${other},"traceEvents":[\n${events.join(',\n')}\n]}\n`
}

function scenarioEvents(data: TimelineData, beginMs: number, pidBefore: number): TraceEvent[] {
  const at = (tMs: number) => Math.round((beginMs + tMs) * 1_000)
  return data.groups.flatMap(({ name, lanes }, index) => {
    const pid = pidBefore + index + 1
    const process = metadata('process_name', pid, 0, { name: `${data.id}: ${name}` })
    const order = metadata('process_sort_index', pid, 0, { sort_index: pid })
    const violations = index === 0 ? violationsOf(data, pid, at) : []
    return [process, order, ...violations, ...laneEvents(lanes, data.texts, pid, at)]
  })
}

const metadata = (name: string, pid: number, tid: number, args: Record<string, unknown>): TraceEvent => ({
  ...{ ph: 'M', pid, tid, ts: 0, cat: '__metadata', name, args },
})

type At = (tMs: number) => number

const violationsOf = ({ violations }: TimelineData, pid: number, at: At): TraceEvent[] =>
  violations.map(({ tMs, text }) => ({
    ...{ ph: 'i', pid, tid: 1, ts: at(tMs), cat: 'violation', name: `violated: ${text}`, s: 'p', args: {} },
  }))

function laneEvents(lanes: readonly Lane[], texts: readonly string[], pid: number, at: At): TraceEvent[] {
  let tid = 0
  return lanes.flatMap((lane) => {
    if (lane.chart) return counters(lane.name, lane.chart, pid, at)
    const rows = withoutOverlaps(lane)
    const first = tid + 1
    tid += Math.max(1, rows.length)
    const names = Array.from({ length: Math.max(1, rows.length) }, (_, row) =>
      metadata('thread_name', pid, first + row, { name: row === 0 ? lane.name : `${lane.name} (${row + 1})` }),
    )
    const spans = rows.flatMap((row, index) =>
      row.map(({ kind, fromMs, toMs, text }): TraceEvent => {
        const dur = Math.round((toMs - fromMs) * 1_000)
        return { ph: 'X', pid, tid: first + index, ts: at(fromMs), dur, cat: kind, name: texts[text]!, args: {} }
      }),
    )
    return [...names, ...spans, ...marks(lane, texts, pid, first, at)]
  })
}

interface Span {
  kind: string
  fromMs: number
  toMs: number
  text: number
}

/** A thread shows one thing at a time: what overlaps goes into another row. */
function withoutOverlaps({ spans }: Lane): Span[][] {
  const all = Object.entries(spans).flatMap(([kind, triples]) => absolute(kind, triples))
  const rows: Span[][] = []
  for (const span of all.sort((a, b) => a.fromMs - b.fromMs)) {
    const row = rows.find((one) => one.at(-1)!.toMs <= span.fromMs)
    if (row) row.push(span)
    else rows.push([span])
  }
  return rows
}

function absolute(kind: string, triples: readonly number[]): Span[] {
  const spans: Span[] = []
  let fromMs = 0
  for (let i = 0; i < triples.length; i += 3) {
    fromMs += triples[i]!
    spans.push({ kind, fromMs, toMs: fromMs + triples[i + 1]!, text: triples[i + 2]! })
  }
  return spans
}

function absolutePairs(pairs: readonly number[]): { tMs: number; value: number }[] {
  const points: { tMs: number; value: number }[] = []
  let tMs = 0
  for (let i = 0; i < pairs.length; i += 2) {
    tMs += pairs[i]!
    points.push({ tMs, value: pairs[i + 1]! })
  }
  return points
}

const marks = (lane: Lane, texts: readonly string[], pid: number, tid: number, at: At): TraceEvent[] =>
  Object.entries(lane.marks).flatMap(([kind, pairs]) =>
    absolutePairs(pairs).map(({ tMs, value }): TraceEvent => {
      return { ph: 'i', pid, tid, ts: at(tMs), cat: kind, name: texts[value]!, s: 't', args: {} }
    }),
  )

const counters = (name: string, { series }: Chart, pid: number, at: At): TraceEvent[] =>
  Object.entries(series).flatMap(([kind, pairs]) =>
    absolutePairs(pairs).map(({ tMs, value }): TraceEvent => {
      return { ph: 'C', pid, tid: 0, ts: at(tMs), cat: 'metric', name: `${name} ${kind}`, args: { value } }
    }),
  )
