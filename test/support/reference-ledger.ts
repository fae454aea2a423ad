// The first implementation, which searches the whole history for each message and subscriber: what the faster one is compared with.
import type { History, Window } from '../../harness/history/history.ts'
import type { Explains, HistoryEvent, LedgerEntry } from '../../harness/history/operation.ts'

/** What became of one message for one subscriber. */
export type Fate =
  | 'once'
  | 'duplicate'
  | 'late'
  | 'lost-in-witnessed-window'
  | 'lost-while-disconnected'
  | 'lost-unexplained'
  | 'on-its-way'
  | 'non-member'

export interface LedgerLine extends LedgerEntry {
  subscriber: string
  fate: Fate
  count: number
}

/** The two ends do not see a join, a leave or a lost connection at the same moment: a message near it may go either way. */
export const edgeMs = 1_000
/** A message may be on its way while a fault takes hold, or when the record ends. */
const inFlightMs = 500
/** A mesh connection needs up to three heartbeats (1.2 s) to notice that it is dead, and half a second to dial again. */
const redialMs = 2_500

const keyOf = ({ publisher, seq }: LedgerEntry) => `${publisher}/${seq}`

/** The fate of every ledger message for everybody who ever joined its topic. */
export function ledger(history: History): LedgerLine[] {
  const published = history.of('publish').filter((publish) => !wasNeverSent(history, publish))
  const subscribers = new Set(history.of('join').map(({ who, topic }) => `${who} ${topic}`))
  return published.flatMap((publish) =>
    [...subscribers].flatMap((subscriber) => {
      const [who = '', topic] = subscriber.split(' ')
      return topic === publish.topic ? [lineOf(history, publish, who)] : []
    }),
  )
}

function lineOf(history: History, publish: HistoryEvent, who: string): LedgerLine {
  const entry = publish.value as LedgerEntry
  const got = history.events.filter(
    (event) =>
      event.type === 'receive' &&
      event.who === who &&
      event.event === 'ledger' &&
      keyOf(event.value as LedgerEntry) === keyOf(entry),
  )
  return { ...entry, subscriber: who, count: got.length, fate: fateOf(history, publish, who, got) }
}

function fateOf(history: History, publish: HistoryEvent, who: string, got: readonly HistoryEvent[]): Fate {
  const windows = explainingWindows(history, publish, who)
  if (got.length > 1) return 'duplicate'
  if (got[0]) {
    const sent = { fromMs: publish.tMs, toMs: latestSentMs(history, publish) }
    if (windows.some((cut) => outlived(cut, sent, got[0]!.tMs))) return 'late'
    return isNearMembership(history, who, publish) ? 'once' : 'non-member'
  }
  const isMember = membership(history, who, publish.topic).some(
    ({ fromMs, toMs }) => fromMs <= publish.tMs && publish.tMs <= toMs,
  )
  if (!isMember || near(membershipEdges(history, who, publish.topic), publish.tMs)) return 'lost-while-disconnected'
  if (publish.tMs > history.endMs - inFlightMs) return 'on-its-way'
  return windows.some(({ fromMs, toMs }) => fromMs - inFlightMs <= publish.tMs && publish.tMs <= toMs + redialMs)
    ? 'lost-in-witnessed-window'
    : 'lost-unexplained'
}

/** What was sent into a fault that keeps nothing, and came out after it, had been queued and sent again (AM-4). */
const outlived = (
  { keepsNothing, heldFromMs, healedMs }: Explanation,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  gotMs: number,
) => keepsNothing && heldFromMs <= fromMs && toMs <= healedMs && gotMs >= healedMs

/** Whoever was not joined, not even a little before or after, should not have got it. */
const isNearMembership = (history: History, who: string, publish: HistoryEvent) =>
  membership(history, who, publish.topic).some(
    ({ fromMs, toMs }) => fromMs - edgeMs <= latestSentMs(history, publish) && publish.tMs <= toMs + edgeMs,
  )

/** A node that refused to publish it, or cannot be asked to, sent nothing; what arrives all the same was sent. */
function wasNeverSent(history: History, { value }: HistoryEvent): boolean {
  const key = keyOf(value as LedgerEntry)
  const isOfIt = (event: HistoryEvent) => keyOf(event.value as LedgerEntry) === key
  return (
    history.of('failed', 'publish').some(isOfIt) &&
    !history.of('receive').some((got) => got.event === 'ledger' && isOfIt(got))
  )
}

/** A node that stands still takes the request when it goes on: it has sent the message when it says so, or nobody knows when. */
function latestSentMs(history: History, { tMs, value }: HistoryEvent): number {
  const key = keyOf(value as LedgerEntry)
  const request = history.of('invoke', 'publish').find((event) => keyOf(event.value as LedgerEntry) === key)
  const end = request && history.endOf(request)
  if (!request || end?.type === 'failed') return tMs
  return end?.type === 'ok' ? end.tMs : history.endMs
}

const near = (edgesMs: readonly number[], atMs: number) => edgesMs.some((edge) => Math.abs(edge - atMs) <= edgeMs)

interface Explanation extends Window {
  /** Seen to hold since then. */
  heldFromMs: number
  /** Nothing was done against it before. */
  healedMs: number
  keepsNothing: boolean
}

/**
 * Only what was seen to hold, and only on the way of the message: at its origin, at the subscriber's node, on the link between these
 * two or at the Redis between them, or on the subscriber's own link. What was merely asked for, and what happened elsewhere, explains
 * nothing.
 */
function explainingWindows(history: History, publish: HistoryEvent, who: string): Explanation[] {
  const { origin } = publish.value as LedgerEntry
  const way = { origin, node: nodeOf(history, who, publish), who, topic: publish.topic ?? '' }
  return history.faults.flatMap(({ kind, target, parts = [target], explains, ...times }) => {
    const { witnessedOnMs, requestedMs, healRequestedMs, witnessedOffMs } = times
    if (witnessedOnMs === null || !explains || !parts.some((part) => isOnTheWay(explains, part, way))) return []
    return [
      {
        fromMs: requestedMs,
        toMs: witnessedOffMs ?? history.endMs,
        heldFromMs: witnessedOnMs,
        healedMs: healRequestedMs ?? history.endMs,
        keepsNothing: explains.keepsNothing ?? false,
        why: `${kind} ${target}`,
      },
    ]
  })
}

/** The way of a message to one subscriber. */
interface Way {
  origin: string
  /** Where the subscriber is; undefined for one that never joined. */
  node: string | undefined
  who: string
  topic: string
}

function isOnTheWay({ at, topics }: Explains, part: string, way: Way): boolean {
  if (topics && !topics.some((beginning) => way.topic.startsWith(beginning))) return false
  return passes[at](part, way)
}

/** Whether a message passes what is broken. Nothing that stays on one node passes another, or Redis (NF-18). */
const passes: Record<Explains['at'], (part: string, way: Way) => boolean> = {
  node: (part, { origin, node }) => part === origin || part === node,
  link: (part, { origin, node, who }) =>
    part === `${personOf(who)}->${node}` ||
    (origin !== node && [`${origin}->${node}`, `${origin}->redis`, `${node}->redis`].includes(part)),
  'between-nodes': (_part, { origin, node }) => origin !== node,
  'into-node': (part, { origin, node }) => part === node && origin !== node,
}

/** All tabs of a person share its links. */
const personOf = (who: string) => who.split('#')[0]!

/** Where the subscriber was joined last when the message was sent. */
const nodeOf = (history: History, who: string, { topic, index }: HistoryEvent) =>
  history.of('join').findLast((event) => event.who === who && event.topic === topic && event.index <= index)?.node

/** When this subscriber was joined to the topic. */
export function membership(history: History, who: string, topic: string | undefined): Window[] {
  const windows: Window[] = []
  let sinceMs: number | undefined
  for (const event of history.events) {
    if (event.who !== who) continue
    if (event.type === 'join' && event.topic === topic) sinceMs ??= event.tMs
    const ends = event.type === 'disconnect' || (event.type === 'leave' && event.topic === topic)
    if (ends && sinceMs !== undefined) {
      windows.push({ fromMs: sinceMs, toMs: event.tMs, why: 'joined' })
      sinceMs = undefined
    }
  }
  if (sinceMs !== undefined) windows.push({ fromMs: sinceMs, toMs: history.endMs, why: 'joined' })
  return windows
}

/** Leaving and coming back are edges; the first join, and the end of the record, are not. */
const membershipEdges = (history: History, who: string, topic: string | undefined) =>
  membership(history, who, topic).flatMap(({ fromMs, toMs }, index, all) => [
    ...(index > 0 ? [fromMs] : []),
    ...(index < all.length - 1 || toMs < history.endMs ? [toMs] : []),
  ])

/** Messages of one publisher that one subscriber saw in another order than they were sent (AM-6). */
export function reordered(history: History): { subscriber: string; publisher: string; seq: number; after: number }[] {
  const highest = new Map<string, number>()
  return history.of('receive').flatMap(({ who, event, value }) => {
    if (event !== 'ledger') return []
    const { publisher, seq } = value as LedgerEntry
    const key = `${who} ${publisher}`
    const after = highest.get(key) ?? 0
    highest.set(key, Math.max(after, seq))
    return seq < after ? [{ subscriber: who, publisher, seq, after }] : []
  })
}
