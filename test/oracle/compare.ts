import type { Data, Recording, Replayed, TraceEvent } from './recording.ts'

/** full: same total order; actor: same order in each view; summary: stable facts only. */
export type Level = 'full' | 'actor' | 'summary'

export interface Difference {
  what: string
  want: unknown
  got: unknown
}

export interface Comparison {
  passed: boolean
  level?: Level
  differences: Difference[]
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (!value || typeof value !== 'object') return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, canonical(inner)]))
}

const keyOf = (value: unknown) => JSON.stringify(canonical(value))

/** The first incarnation may be left out; some events carry none. */
function normal({ inc, ...event }: TraceEvent): TraceEvent {
  return inc !== undefined && inc > 1 ? { ...event, inc } : (event as TraceEvent)
}

/** What each actor saw; what was asked forms a view for each pair of producer and consumer. */
export function viewsOf(trace: readonly TraceEvent[]): Record<string, TraceEvent[]> {
  const views: Record<string, TraceEvent[]> = {}
  for (const event of trace.map(normal)) {
    const key = event.ev === 'ask' ? `${event.at}|ask|${event.from}` : event.at
    views[key] = [...(views[key] ?? []), event]
  }
  return views
}

/** Facts that do not depend on the order of independent actors. */
export function summaryOf(trace: readonly TraceEvent[]): Data {
  const exits: string[] = []
  const totals: Record<string, number> = {}
  const batchSizes: Record<string, number[]> = {}
  let total = 0
  let batchMax = 0
  for (const { at, inc = 1, ev, ...fields } of trace) {
    if (ev === 'exit') exits.push(`${at}#${inc}:${fields.reason}`)
    if (ev !== 'batch') continue
    const n = Number(fields.n)
    totals[at] = (totals[at] ?? 0) + n
    batchSizes[at] = [...(batchSizes[at] ?? []), n]
    total += n
    batchMax = Math.max(batchMax, n)
  }
  return { exits: exits.sort(), totals, total, batch_size_max: batchMax, batch_sizes: batchSizes, ...workersOf(trace) }
}

function workersOf(trace: readonly TraceEvent[]): Data {
  const workers = trace.filter(({ at }) => /^w\d/.test(at))
  if (workers.length === 0) return {}
  const running = new Set<string>()
  let runningMax = 0
  for (const { at, inc = 1, ev } of workers) {
    if (ev === 'start') running.add(`${at}#${inc}`)
    if (ev === 'exit') running.delete(`${at}#${inc}`)
    runningMax = Math.max(runningMax, running.size)
  }
  return { workers_running_max: runningMax, workers_started: workers.filter(({ ev }) => ev === 'start').length }
}

/**
 * Accepts a replay whose views equal those of the recorded trace or of one of its alternatives. Where a recording itself did not always
 * show the same views, equal stable facts are enough.
 */
export function compare(recording: Recording, { trace, alive }: Replayed): Comparison {
  const accepted = [recording.observed.trace ?? [], ...(recording.alternatives ?? []).map((one) => one.trace)]
  const whole = keyOf(trace.map(normal))
  if (accepted.some((one) => keyOf(one.map(normal)) === whole)) return { passed: true, level: 'full', differences: [] }
  const views = keyOf(viewsOf(trace))
  if (accepted.some((one) => keyOf(viewsOf(one)) === views)) return { passed: true, level: 'actor', differences: [] }
  const differences = factsThatDiffer(recording, trace, alive)
  if (differences.length === 0 && recording.within_actor !== 'strict')
    return { passed: true, level: 'summary', differences: [] }
  return { passed: false, differences: [...differences, ...viewsThatDiffer(accepted[0]!, trace)] }
}

function factsThatDiffer({ observed }: Recording, trace: readonly TraceEvent[], alive: string[]): Difference[] {
  const stable = observed.summary_stable
  const got: Data = { ...summaryOf(trace), alive: [...alive].sort() }
  return Object.keys(got)
    .filter((what) => what in stable && keyOf(stable[what]) !== keyOf(got[what]))
    .map((what) => ({ what, want: stable[what], got: got[what] }))
}

/** The first event that differs, for each view. */
function viewsThatDiffer(wanted: readonly TraceEvent[], trace: readonly TraceEvent[]): Difference[] {
  const [want, got] = [viewsOf(wanted), viewsOf(trace)]
  return [...new Set([...Object.keys(want), ...Object.keys(got)])].flatMap((view) => {
    const [left, right] = [want[view] ?? [], got[view] ?? []]
    const index = Array.from({ length: Math.max(left.length, right.length) }, (_, at) => at).find(
      (at) => keyOf(left[at]) !== keyOf(right[at]),
    )
    return index === undefined ? [] : [{ what: `${view}[${index}]`, want: left[index], got: right[index] }]
  })
}
