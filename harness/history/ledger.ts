import { edgeMs, inFlightMs } from '../timing.ts'
import { explanationsOf, type SentBetween, type Way } from './explanations.ts'
import type { History } from './history.ts'
import type { HistoryEvent, LedgerEntry } from './operation.ts'
import {
  isJoinedBetween,
  isNearEdge,
  mayBeJoinedBetween,
  nodeAt,
  type Subscription,
  subscriptionsOf,
} from './subscriptions.ts'

/** The fate of one message for one subscriber. */
export type Fate =
  | 'once'
  | 'duplicate'
  /** It was sent into a fault that keeps nothing, and came after the fault was healed: somebody kept it and sent it again. */
  | 'late'
  /** With another content than it was sent with. */
  | 'altered'
  /** A fault that was seen to hold explains it. */
  | 'lost-in-witnessed-window'
  | 'lost-while-disconnected'
  | 'lost-unexplained'
  /** It was sent so shortly before the end of the history that it may still arrive. */
  | 'on-its-way'
  /** It arrived at somebody who was not joined. */
  | 'non-member'

export interface LedgerLine extends LedgerEntry {
  subscriber: string
  fate: Fate
  count: number
}

/** How often one subscriber received one message, and when first. */
interface Receipt {
  count: number
  firstMs: number
  /** Whether what came was the content that was sent, each time. */
  isAsSent: boolean
}

/** A message that was sent or may have been sent. */
interface Message {
  entry: LedgerEntry
  topic: string
  sentMs: number
  sentIndex: number
  /** The latest possible send time: a paused node sends after it resumes, before it replies; without a reply there is no upper bound. */
  latestSentMs: number
  receipts: ReadonlyMap<string, Receipt>
}

const keyOf = ({ publisher, seq }: LedgerEntry) => `${publisher}/${seq}`
const keyOfEvent = ({ value }: HistoryEvent) => keyOf(value as LedgerEntry)

/** Returns the fate of every ledger message for every subscriber that ever joined its topic. Linear in its lines and in the history. */
export function ledger(history: History): LedgerLine[] {
  const subscribers = Map.groupBy(subscriptionsOf(history), ({ topic }) => topic)
  const explanationsOn = explanationsOf(history)
  const isExplained = (way: Way, sentMs: number) => explanationsOn(way).explainsLoss(sentMs)
  const isLate = (way: Way, sent: SentBetween, gotMs: number) => explanationsOn(way).outlived(sent, gotMs)
  const lines: LedgerLine[] = []
  for (const message of messagesOf(history))
    for (const subscription of subscribers.get(message.topic) ?? []) {
      const got = message.receipts.get(subscription.who)
      const fate = got
        ? fateOfReceived(message, subscription, got, isLate)
        : fateOfMissing(message, subscription, history.endMs, isExplained)
      lines.push({ ...message.entry, subscriber: subscription.who, count: got?.count ?? 0, fate })
    }
  return lines
}

function messagesOf(history: History): Message[] {
  const receipts = receiptsOf(history, digestsOf(history))
  const requests = firstByKey(history.of('invoke', 'publish'))
  const refused = new Set(history.of('failed', 'publish').map(keyOfEvent))
  return history.of('publish').flatMap((publish) => {
    const { tMs, index, topic, value } = publish
    const key = keyOfEvent(publish)
    const own = receipts.get(key)
    // A publish that was refused or could not be requested sent nothing, unless the message was received nevertheless.
    if (topic === undefined || (refused.has(key) && !own)) return []
    const latestSentMs = latestSent(history, requests.get(key), tMs)
    const entry = value as LedgerEntry
    return [{ entry, topic, sentMs: tMs, sentIndex: index, latestSentMs, receipts: own ?? new Map() }]
  })
}

/** Of the messages that have a content. */
const digestsOf = (history: History) =>
  new Map(
    history.of('publish').flatMap((event) => {
      const { digest } = event.value as LedgerEntry
      return digest === undefined ? [] : [[keyOfEvent(event), digest] as const]
    }),
  )

function receiptsOf(history: History, digests: ReadonlyMap<string, string>): Map<string, Map<string, Receipt>> {
  const receipts = new Map<string, Map<string, Receipt>>()
  for (const event of history.of('receive')) {
    if (event.event !== 'ledger') continue
    const key = keyOfEvent(event)
    const ofMessage = receipts.get(key)
    const known = ofMessage?.get(event.who)
    const isAsSent = digests.get(key) === (event.value as LedgerEntry).digest
    if (known) {
      known.count += 1
      known.isAsSent &&= isAsSent
      continue
    }
    const first = { count: 1, firstMs: event.tMs, isAsSent }
    if (ofMessage) ofMessage.set(event.who, first)
    else receipts.set(key, new Map([[event.who, first]]))
  }
  return receipts
}

function firstByKey(events: readonly HistoryEvent[]): ReadonlyMap<string, HistoryEvent> {
  const first = new Map<string, HistoryEvent>()
  for (const event of events) {
    const key = keyOfEvent(event)
    if (!first.has(key)) first.set(key, event)
  }
  return first
}

function latestSent(history: History, request: HistoryEvent | undefined, sentMs: number): number {
  const end = request && history.endOf(request)
  if (!request || end?.type === 'failed') return sentMs
  return end?.type === 'ok' ? end.tMs : history.endMs
}

const wayOf = ({ entry: { origin }, topic, sentIndex }: Message, subscription: Subscription): Way => ({
  origin,
  node: nodeAt(subscription, sentIndex),
  who: subscription.who,
  topic,
})

function fateOfReceived(
  message: Message,
  subscription: Subscription,
  { count, firstMs, isAsSent }: Receipt,
  isLate: (way: Way, sent: SentBetween, gotMs: number) => boolean,
): Fate {
  const { sentMs, latestSentMs } = message
  if (!isAsSent) return 'altered'
  if (count > 1) return 'duplicate'
  if (isLate(wayOf(message, subscription), { fromMs: sentMs, toMs: latestSentMs }, firstMs)) return 'late'
  // A subscriber that was not joined, even shortly before or after, should not have received it.
  return mayBeJoinedBetween(subscription, sentMs - edgeMs, latestSentMs + edgeMs) ? 'once' : 'non-member'
}

function fateOfMissing(
  message: Message,
  subscription: Subscription,
  endMs: number,
  isExplained: (way: Way, sentMs: number) => boolean,
): Fate {
  const { sentMs } = message
  if (!isJoinedBetween(subscription, sentMs, sentMs) || isNearEdge(subscription, sentMs))
    return 'lost-while-disconnected'
  if (sentMs > endMs - inFlightMs) return 'on-its-way'
  return isExplained(wayOf(message, subscription), sentMs) ? 'lost-in-witnessed-window' : 'lost-unexplained'
}

/** Returns messages of one publisher that one subscriber received in another order than they were sent (AM-6). */
export function reordered(history: History): { subscriber: string; publisher: string; seq: number; after: number }[] {
  const highest = new Map<string, Map<string, number>>()
  return history.of('receive').flatMap(({ who, event, value }) => {
    if (event !== 'ledger') return []
    const { publisher, seq } = value as LedgerEntry
    const own = highest.get(who) ?? new Map<string, number>()
    highest.set(who, own)
    const after = own.get(publisher) ?? 0
    own.set(publisher, Math.max(after, seq))
    return seq < after ? [{ subscriber: who, publisher, seq, after }] : []
  })
}
