import { toHistory } from '../history/history.ts'
import { ledger } from '../history/ledger.ts'
import type { FaultRecord, HistoryEvent, LedgerEntry } from '../history/operation.ts'
import { describeValue } from '../platform/plain-text.ts'
import type { ScenarioResult } from '../verdict/result.ts'
import { describeEvent, describeMessage } from './describe-event.ts'
import { findings } from './format.ts'
import { momentOf } from './moment.ts'

/**
 * One scenario as lanes over time, compact enough to be part of a page: numbers are milliseconds, the first of every pair or triple is the
 * distance from the one before it, and texts are indexes into `texts`.
 */
export interface TimelineData {
  id: string
  endMs: number
  /** What is shown at first: without provisioning and clean-up. */
  fromMs: number
  toMs: number
  texts: string[]
  violations: { tMs: number; text: string }[]
  /** Witnessed faults, which are shaded over all lanes. */
  bands: { fromMs: number; toMs: number }[]
  groups: LaneGroup[]
}

export interface LaneGroup {
  name: string
  isFolded: boolean
  lanes: Lane[]
}

export type SpanKind =
  | 'phase'
  | 'step'
  | 'broken'
  | 'requested'
  | 'witnessed'
  | 'connected'
  | 'ok'
  | 'failed'
  | 'unsure'
  | 'open'
export type MarkKind = 'event' | 'received' | 'joined' | 'delivered' | 'duplicated' | 'explained' | 'lost'

export interface Lane {
  name: string
  /** Triples: distance to the one before, length, text. */
  spans: Partial<Record<SpanKind, number[]>>
  /** Pairs: distance to the one before, text. */
  marks: Partial<Record<MarkKind, number[]>>
  chart?: Chart
}

/** Values over time, as pairs: distance to the one before, value. */
export interface Chart {
  unit: string
  shape: 'dots' | 'steps'
  series: Record<string, number[]>
}

/** Returns what the timeline of a scenario shows. Pure, and linear in its events. */
export function timelineOf(scenario: ScenarioResult, events: readonly HistoryEvent[]): TimelineData {
  const endMs = Math.max(1, scenario.durationMs, events.at(-1)?.tMs ?? 0, ...scenario.phases.map((one) => one.endMs))
  const texts = createTexts()
  const kinds = kindsOf(events)
  const messages = messageLanes(events, texts)
  const groups = [
    group('scenario', [phaseLane(scenario, texts), stepLane(scenario, texts)]),
    group(
      'faults',
      scenario.faults.map((fault) => faultLane(fault, endMs, texts)),
    ),
    group('nodes', nodeLanes(scenario, events, endMs, texts)),
    group('links', linkLanes(scenario, endMs, texts)),
    ...byKind('', kinds, clientLanes(events, endMs, texts)),
    ...byKind('operations', kinds, operationLanes(events, endMs, texts)),
    ...byKind('messages', kinds, messages),
    group('latency', latencyLanes(events), events.length === 0),
    group('metrics', metricLanes(events)),
  ].filter(({ lanes }) => lanes.length > 0)
  const violations = violationsOf(scenario, events)
  return {
    id: scenario.id,
    endMs,
    ...firstView(scenario, endMs),
    texts: texts.all,
    violations,
    bands: bandsOf(scenario, endMs),
    groups,
  }
}

const group = (name: string, lanes: Lane[], isFolded = false): LaneGroup => ({ name, isFolded, lanes })

/** Steps and what comes after them; clusters start slowly, and nothing can be seen of it. */
function firstView({ phases }: ScenarioResult, endMs: number): { fromMs: number; toMs: number } {
  const of = (name: string) => phases.find((phase) => phase.name === name)
  return {
    fromMs: of('steps')?.startMs ?? 0,
    // A little more, so that what is found in the end is not at the edge.
    toMs: Math.min(endMs, 1.02 * (of('final-reads')?.endMs ?? of('judge')?.startMs ?? endMs)),
  }
}

const violationsOf = (scenario: ScenarioResult, events: readonly HistoryEvent[]) =>
  findings(scenario)
    .filter(({ outcome }) => outcome === 'violated')
    .map((finding) => ({ tMs: momentOf(finding, scenario, events).tMs, text: finding.sentence }))
    .sort((a, b) => a.tMs - b.tMs)

const bandsOf = ({ faults }: ScenarioResult, endMs: number) =>
  faults.flatMap(({ witnessedOnMs, witnessedOffMs }) =>
    witnessedOnMs === null ? [] : [{ fromMs: witnessedOnMs, toMs: witnessedOffMs ?? endMs }],
  )

type Texts = ReturnType<typeof createTexts>

function createTexts() {
  const all: string[] = []
  const known = new Map<string, number>()
  return {
    all,
    of(text: string): number {
      const index = known.get(text) ?? all.length
      if (index === all.length) {
        known.set(text, index)
        all.push(text)
      }
      return index
    },
  }
}

interface Span {
  kind: SpanKind
  fromMs: number
  toMs: number
  text: string
}
interface Mark {
  kind: MarkKind
  tMs: number
  text: string
}

function laneOf(name: string, texts: Texts, spans: readonly Span[], marks: readonly Mark[] = []): Lane {
  const lane: Lane = { name, spans: {}, marks: {} }
  for (const [kind, own] of Map.groupBy(spans, (span) => span.kind)) {
    let lastMs = 0
    lane.spans[kind] = own
      .toSorted((a, b) => a.fromMs - b.fromMs)
      .flatMap(({ fromMs, toMs, text }) => {
        const from = Math.round(fromMs)
        const triple = [from - lastMs, Math.max(0, Math.round(toMs) - from), texts.of(text)]
        lastMs = from
        return triple
      })
  }
  for (const [kind, own] of Map.groupBy(marks, (mark) => mark.kind))
    lane.marks[kind] = pairs(own.toSorted((a, b) => a.tMs - b.tMs).map(({ tMs, text }) => [tMs, texts.of(text)]))
  return lane
}

function pairs(list: readonly (readonly [tMs: number, value: number])[]): number[] {
  let lastMs = 0
  return list.flatMap(([tMs, value]) => {
    const pair = [tMs - lastMs, value]
    lastMs = tMs
    return pair
  })
}

const phaseLane = ({ phases }: ScenarioResult, texts: Texts) =>
  laneOf(
    'phases',
    texts,
    phases.map(({ name, startMs, endMs }) => ({ kind: 'phase', fromMs: startMs, toMs: endMs, text: name })),
  )

const stepLane = ({ steps }: ScenarioResult, texts: Texts) =>
  laneOf(
    'steps',
    texts,
    steps.map(({ n, title, startMs, endMs, error }) => ({
      kind: error === undefined ? 'step' : 'broken',
      fromMs: startMs,
      toMs: endMs,
      text: `${n}. ${title}${error === undefined ? '' : `, failed: ${error}`}`,
    })),
  )

/** What was asked for and what was witnessed; the first without the second is no evidence of a fault. */
function faultSpans(fault: FaultRecord, endMs: number): Span[] {
  const name = `${fault.kind} ${fault.target}`
  const asked: Span = {
    kind: 'requested',
    fromMs: fault.requestedMs,
    toMs: fault.healRequestedMs ?? endMs,
    text: `${name}, asked for`,
  }
  if (fault.witnessedOnMs === null) return [{ ...asked, text: `${name}, asked for and not witnessed` }]
  return [
    asked,
    { kind: 'witnessed', fromMs: fault.witnessedOnMs, toMs: fault.witnessedOffMs ?? endMs, text: `${name}, witnessed` },
  ]
}

const faultLane = (fault: FaultRecord, endMs: number, texts: Texts) =>
  laneOf(`${fault.kind} ${fault.target}`, texts, faultSpans(fault, endMs))

const partsOf = ({ target, parts = [target] }: FaultRecord) => parts
const isLink = (part: string) => part.includes('->')

function nodeLanes({ faults }: ScenarioResult, events: readonly HistoryEvent[], endMs: number, texts: Texts): Lane[] {
  const own = Map.groupBy(
    events.filter(({ who, node, type }) => who === node && type !== 'metric' && type !== 'connect'),
    ({ who }) => who,
  )
  const sent = Map.groupBy(
    events.filter(({ type }) => type === 'publish'),
    ({ value }) => (value as LedgerEntry).origin,
  )
  const names = new Set(events.flatMap(({ who, node, type }) => (who === node && type === 'metric' ? [who] : [])))
  for (const name of own.keys()) names.add(name)
  return [...names].sort().map((name) => {
    const touching = faults.filter((fault) => partsOf(fault).some((part) => part.split('/')[0] === name))
    const marks = [...(own.get(name) ?? []), ...(sent.get(name) ?? [])].map(
      (event): Mark => ({ kind: 'event', tMs: event.tMs, text: `${name} ${describeEvent(event)}` }),
    )
    return laneOf(
      name,
      texts,
      touching.flatMap((fault) => faultSpans(fault, endMs)),
      marks,
    )
  })
}

function linkLanes({ faults }: ScenarioResult, endMs: number, texts: Texts): Lane[] {
  const pieces = faults.flatMap((fault) =>
    partsOf(fault)
      .filter(isLink)
      .map((link) => ({ link, fault })),
  )
  return [...Map.groupBy(pieces, ({ link }) => link)].map(([link, own]) =>
    laneOf(
      link,
      texts,
      own.flatMap(({ fault }) => faultSpans(fault, endMs)),
    ),
  )
}

/** The kind of each client that said what it is. */
const kindsOf = (events: readonly HistoryEvent[]): ReadonlyMap<string, string> =>
  new Map(
    events
      .filter(({ type, operation }) => type === 'read' && operation === 'client')
      .map(({ who, value }) => [who, (value as { kind: string }).kind]),
  )

const isBackground = (name: string) => name.startsWith('background')

/** By name, and numbers in names by their size: `client-9` before `client-10`. */
function inOrder(one: Lane, other: Lane): number {
  const [name, otherName] = [sortKey(one), sortKey(other)]
  return name < otherName ? -1 : Number(name > otherName)
}

const sortKey = ({ name }: Lane) => name.replace(/\d+/g, (digits) => digits.padStart(6, '0'))

/** Browsers, other clients, and those of the background, which are folded. */
function byKind(what: string, kinds: ReadonlyMap<string, string>, lanes: readonly Lane[]): LaneGroup[] {
  const isTab = ({ name }: Lane) => ['tab', 'dashboard'].includes(kinds.get(name) ?? '')
  const sorted = lanes.toSorted(inOrder)
  const shown = sorted.filter(({ name }) => !isBackground(name))
  const background = group(
    what === '' ? 'background' : `background ${what}`,
    sorted.filter(({ name }) => isBackground(name)),
    true,
  )
  if (what !== '') return [group(what, shown), background]
  return [
    group('tabs', shown.filter(isTab)),
    group(
      'clients',
      shown.filter((lane) => !isTab(lane)),
    ),
    background,
  ]
}

const ofClients = new Set(['connect', 'disconnect', 'join', 'leave', 'receive'])

function clientLanes(events: readonly HistoryEvent[], endMs: number, texts: Texts): Lane[] {
  const byWho = Map.groupBy(
    events.filter(({ type }) => ofClients.has(type)),
    ({ who }) => who,
  )
  return [...byWho].map(([who, own]) =>
    laneOf(
      who,
      texts,
      connections(own, endMs).map((span) => ({ kind: 'connected', ...span, text: `${who} is connected` })),
      own.flatMap((event): Mark[] => {
        const text = `${who} ${describeEvent(event)}`
        if (event.type === 'join' || event.type === 'leave') return [{ kind: 'joined', tMs: event.tMs, text }]
        return event.type === 'receive' && event.event !== 'ledger' ? [{ kind: 'received', tMs: event.tMs, text }] : []
      }),
    ),
  )
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

interface Operation {
  invoked: HistoryEvent
  end: HistoryEvent | undefined
}

function operationsOf(events: readonly HistoryEvent[]): Operation[] {
  const history = toHistory(events)
  return history.of('invoke').map((invoked) => ({ invoked, end: history.endOf(invoked) }))
}

function operationLanes(events: readonly HistoryEvent[], endMs: number, texts: Texts): Lane[] {
  const byWho = Map.groupBy(operationsOf(events), ({ invoked }) => invoked.who)
  return [...byWho].map(([who, own]) =>
    laneOf(
      who,
      texts,
      own.map(({ invoked, end }): Span => {
        const kind = (end?.type ?? 'open') as SpanKind
        const how =
          end === undefined ? 'without an end' : `${end.type}${end.error === undefined ? '' : `: ${end.error}`}`
        return {
          kind,
          fromMs: invoked.tMs,
          toMs: end?.tMs ?? endMs,
          text: `${who}: ${describeOperation(invoked)}, ${how}`,
        }
      }),
    ),
  )
}

/** Of pushes and messages there are too many to give each a text of its own. */
const describeOperation = ({ operation = '', value }: HistoryEvent) =>
  operation === 'push' || operation === 'publish' ? operation : `${operation} ${describeValue(value)}`.slice(0, 120)

const keyOf = ({ publisher, seq }: Pick<LedgerEntry, 'publisher' | 'seq'>) => `${publisher}/${seq}`

const kindOfFate: Partial<Record<ReturnType<typeof ledger>[number]['fate'], MarkKind>> = {
  'lost-unexplained': 'lost',
  'lost-in-witnessed-window': 'explained',
  'lost-while-disconnected': 'explained',
  duplicate: 'duplicated',
  altered: 'lost',
  late: 'lost',
  'non-member': 'lost',
}

function messageLanes(events: readonly HistoryEvent[], texts: Texts): Lane[] {
  const sentAt = sendTimes(events)
  const marks: (Mark & { who: string })[] = []
  for (const { type, event, who, tMs, value } of events)
    if (type === 'receive' && event === 'ledger')
      marks.push({ who, kind: 'delivered', tMs, text: `${describeMessage(value)} delivered` })
  for (const line of ledger(toHistory(events))) {
    const kind = kindOfFate[line.fate]
    const tMs = sentAt.get(keyOf(line))
    const words = line.fate.replaceAll('-', ' ')
    if (kind && tMs !== undefined)
      marks.push({ who: line.subscriber, kind, tMs, text: `${describeMessage(line)} to ${line.subscriber}: ${words}` })
  }
  return [...Map.groupBy(marks, ({ who }) => who)].map(([who, own]) => laneOf(who, texts, [], own))
}

const sendTimes = (events: readonly HistoryEvent[]) =>
  new Map(
    events
      .filter(({ type }) => type === 'publish')
      .map(({ value, tMs }) => [keyOf(value as LedgerEntry), tMs] as const),
  )

const chartLane = (name: string, chart: Chart): Lane => ({ name, spans: {}, marks: {}, chart })

/** How long operations took until their end, and messages until they arrived. */
function latencyLanes(events: readonly HistoryEvent[]): Lane[] {
  const ended = operationsOf(events).filter(({ end }) => end !== undefined)
  const operations = Map.groupBy(ended, ({ end }) => end!.type)
  const sentAt = sendTimes(events)
  const delivered = events.flatMap(({ type, event, tMs, value }): [number, number][] => {
    const sentMs = type === 'receive' && event === 'ledger' ? sentAt.get(keyOf(value as LedgerEntry)) : undefined
    return sentMs === undefined ? [] : [[tMs, Math.max(0, tMs - sentMs)]]
  })
  const series = Object.fromEntries(
    [...operations].map(([type, own]) => [
      type,
      pairs(own.map(({ invoked, end }) => [end!.tMs, end!.tMs - invoked.tMs] as const).sort((a, b) => a[0] - b[0])),
    ]),
  )
  return [
    ...(ended.length > 0 ? [chartLane('operations', { unit: 'ms', shape: 'dots', series })] : []),
    ...(delivered.length > 0
      ? [chartLane('messages', { unit: 'ms', shape: 'dots', series: { delivered: pairs(delivered) } })]
      : []),
  ]
}

interface MetricValue {
  value: number
  kind: string
}

/** Gauges as they are, counters summed up, times as dots; one series for each node. */
function metricLanes(events: readonly HistoryEvent[]): Lane[] {
  const byName = Map.groupBy(
    events.filter(({ type, operation }) => type === 'metric' && operation !== undefined),
    ({ operation }) => operation!,
  )
  return [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, own]) => {
      const { kind } = own[0]!.value as MetricValue
      const series = [...Map.groupBy(own, ({ who }) => who)].sort(([a], [b]) => (a < b ? -1 : 1))
      const shape = kind === 'ms' ? 'dots' : 'steps'
      const unit = kind === 'ms' ? 'ms' : kind === 'c' ? 'in all' : ''
      return chartLane(name, {
        unit,
        shape,
        series: Object.fromEntries(series.map(([who, list]) => [who, valuesOf(list, kind)])),
      })
    })
}

function valuesOf(events: readonly HistoryEvent[], kind: string): number[] {
  let sum = 0
  return pairs(
    events.map(({ tMs, value }) => {
      const { value: number } = value as MetricValue
      sum += number
      return [tMs, kind === 'c' ? sum : number] as const
    }),
  )
}
