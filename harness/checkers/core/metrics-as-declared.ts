import type { History } from '../../history/history.ts'
import { mannersOf } from '../../history/manners.ts'
import type { HistoryEvent } from '../../history/operation.ts'
import { type Checker, count, passed, unknown, violated } from '../../verdict/checker.ts'

interface Measured {
  value: number
  kind: string
  tags: Record<string, string>
}

interface Declared {
  kind: string
  /** Tag -> what it may be; any other tag but `tenant_id` is wrong. */
  tags: Record<string, RegExp>
  /** It compares the clocks of two nodes, so that it may be negative, but not absurd: they are wall clocks (PM-48, DF-41). */
  comparesClocks?: true
  /** Of a duration: the least that it takes. Default: 0. */
  atLeastMs?: number
}

const dayMs = 24 * 3_600_000

const status = /^(success|fail)$/
const aName = /^[A-Z]\w+$/

/** Every metric of the reference system (PM-1, PM-9..PM-13, PM-16, PM-42, MR-20). */
const declared: Record<string, Declared> = {
  socket_connect: { kind: 'c', tags: { status, socket: aName } },
  channel_join: { kind: 'c', tags: { status, channel: aName } },
  sockets_connected: { kind: 'g', tags: {} },
  channels_connected: { kind: 'g', tags: {} },
  // A ping takes 1 ms to 1 s.
  'stats_channel.ping': { kind: 'ms', tags: {}, atLeastMs: 1 },
  'pipeline.worker.process_time': { kind: 'ms', tags: {} },
  'pipeline.push_delivered': { kind: 'h', tags: {}, comparesClocks: true },
  'pipeline.item_dropped': { kind: 'c', tags: {} },
  'pipeline.item_discarded': { kind: 'c', tags: {} },
  'pipeline.item_lost': { kind: 'c', tags: {} },
  'part2.event.latency': { kind: 'ms', tags: {} },
}

/** That many joins of a node without a single metric are no packets that got lost (AM-9). */
const enoughJoins = 5
const enoughRefusals = 3

/** What nodes measure is what the catalogue says, and nobody measures nothing. */
export const metricsAsDeclared: Checker = {
  name: 'metrics-as-declared',
  invariant: 'every metric has a declared name, kind and tags, and a node that clients join counts their joins',
  check(history) {
    if (history.events.length === 0) return unknown('nothing was recorded')
    const metrics = history.of('metric')
    const wrong = metrics.map(problemOf).find((problem) => problem !== undefined)
    if (wrong) return violated(wrong)
    const silent = silentNode(history, metrics) ?? uncountedRefusals(history, metrics)
    if (silent) return violated(silent)
    return passed(metrics.length === 0 ? 'no node sends metrics' : `${count(metrics.length, 'metric')} are as declared`)
  },
}

function problemOf({ who, operation: name, value, error }: HistoryEvent): string | undefined {
  if (name === undefined) return `a packet is no metric: ${JSON.stringify(error)}`
  const { kind, tags } = value as Measured
  const known = declared[name]
  if (!known) return `${who} sends a metric ${name}, which nothing declares`
  if (kind !== known.kind) return `${who} sends ${name} as ${kind} (declared: ${known.kind})`
  if (!isPlausible((value as Measured).value, known))
    return `${who} sends ${name} with the value ${(value as Measured).value}`
  for (const [tag, allowed] of Object.entries(known.tags))
    if (!allowed.test(tags[tag] ?? '')) return `${who} sends ${name} with ${tag}=${tags[tag] ?? 'nothing'}`
  const more = Object.keys(tags).find((tag) => !known.tags[tag] && tag !== 'tenant_id')
  return more ? `${who} sends ${name} with a tag ${more}, which nothing declares` : undefined
}

const isPlausible = (value: number, { comparesClocks, atLeastMs = 0 }: Declared) =>
  Number.isFinite(value) && (comparesClocks ? Math.abs(value) < dayMs : value >= atLeastMs)

/** Only where nodes send metrics at all: on other targets nobody collects them. */
function silentNode({ of, faults }: History, metrics: readonly HistoryEvent[]): string | undefined {
  const hadNoDaemon = faults.some(({ kind }) => kind === 'metrics.stop')
  if (metrics.length === 0 || hadNoDaemon) return undefined
  const counting = new Set(metrics.filter(({ operation }) => operation === 'channel_join').map(({ who }) => who))
  const joins = Map.groupBy(
    of('join').filter(({ node }) => node !== undefined),
    ({ node }) => node!,
  )
  for (const [node, own] of joins)
    if (own.length >= enoughJoins && !counting.has(node))
      return `${node} accepted ${own.length} joins and counted none of them`
  return undefined
}

/** Each is counted as an attempt that failed (PM-16). */
function uncountedRefusals({ of, faults }: History, metrics: readonly HistoryEvent[]): string | undefined {
  if (metrics.length === 0 || faults.length > 0) return undefined
  const refusals = Map.groupBy(
    of('read', mannersOf.refusal).filter(({ value }) => value === 403),
    ({ node }) => node!,
  )
  const isFailure = ({ operation, value }: HistoryEvent) =>
    operation === 'socket_connect' && (value as Measured).tags.status === 'fail'
  for (const [node, own] of refusals)
    if (own.length >= enoughRefusals && !metrics.some((one) => one.who === node && isFailure(one)))
      return `${node} refused ${own.length} connections and counted none of them as failed`
  return undefined
}
