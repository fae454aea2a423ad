import type { History, Window } from './history.ts'
import type { HistoryEvent, LedgerEntry } from './operation.ts'

/** What became of one message for one subscriber. */
export type Fate =
  | 'once'
  | 'duplicate'
  | 'lost-in-witnessed-window'
  | 'lost-while-disconnected'
  | 'lost-unexplained'
  | 'non-member'

export interface LedgerLine extends LedgerEntry {
  subscriber: string
  fate: Fate
  count: number
}

/**
 * A message on its way while a fault takes hold, is healed, or a client comes or goes, may be lost through it: the two ends do not
 * see the edge at the same moment. A mesh connection needs up to three heartbeats (1.2 s) to notice and half a second to dial.
 */
export const edgeMs = 2_500

const keyOf = ({ publisher, seq }: LedgerEntry) => `${publisher}/${seq}`

/** The fate of every ledger message for everybody who ever joined its topic. */
export function ledger(history: History): LedgerLine[] {
  const published = history.of('publish')
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
  return { ...entry, subscriber: who, count: got.length, fate: fateOf(history, publish, who, got.length) }
}

function fateOf(history: History, publish: HistoryEvent, who: string, count: number): Fate {
  const member = membership(history, who, publish.topic).some(
    ({ fromMs, toMs }) => fromMs <= publish.tMs && publish.tMs <= toMs,
  )
  if (count > 1) return 'duplicate'
  if (count === 1) return isNearMembership(history, who, publish) ? 'once' : 'non-member'
  if (!member) return 'lost-while-disconnected'
  if (near(membershipEdges(history, who, publish.topic), publish.tMs)) return 'lost-while-disconnected'
  return witnessedWindows(history).some(
    (window) => window.fromMs - edgeMs <= publish.tMs && publish.tMs <= window.toMs + edgeMs,
  )
    ? 'lost-in-witnessed-window'
    : 'lost-unexplained'
}

/** Whoever was not joined, not even a little before or after, should not have got it. */
const isNearMembership = (history: History, who: string, { topic, tMs }: HistoryEvent) =>
  membership(history, who, topic).some(({ fromMs, toMs }) => fromMs - edgeMs <= tMs && tMs <= toMs + edgeMs)

const near = (edgesMs: readonly number[], atMs: number) => edgesMs.some((edge) => Math.abs(edge - atMs) <= edgeMs)

/** Only what was seen to hold explains a loss; what was merely asked for explains nothing. */
export function witnessedWindows(history: History): Window[] {
  return history.faults.flatMap(({ kind, target, witnessedOnMs, requestedMs, witnessedOffMs }) =>
    witnessedOnMs === null
      ? []
      : [{ fromMs: requestedMs, toMs: witnessedOffMs ?? history.endMs, why: `${kind} ${target}` }],
  )
}

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
