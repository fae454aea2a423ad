import { isBackground } from '../../history/background.ts'
import type { History } from '../../history/history.ts'
import { mannersOf, type NodeSettings } from '../../history/manners.ts'
import type { HistoryEvent, LedgerEntry } from '../../history/operation.ts'
import { type Sent, type SentByKind, sentBefore } from '../../history/sent.ts'
import { clusterHeartbeatMs, trackerHeartbeatMs } from '../../timing.ts'
import { type Checker, count, passed, unknown, violated } from '../../verdict/checker.ts'
import { isWatched } from './manners/reasons.ts'

/** What one operation may make a node tell the others, in messages of one kind. */
const messagesPerOperation = 2
/** Of each kind, whatever happens: what belongs to the beginning. */
const messagesAtBeginning = 20
/** Of each node after a reconnection: it says that it may have missed something, and may have to dial more than once. */
const noticesPerReconnection = 2
/** Of each topic of a tracker after a reconnection: both introduce themselves, ask for the state, and send it. */
const introductionsPerReconnection = 4
/** A heartbeat is one word, or says over Redis whose it is. */
const bytesPerWord = 200
/** A change of a tracker, or one of its entries; after a reconnection all of them are sent. */
const bytesPerChange = 500
/** Ids and values, a signed cart, or the sizes of one product. */
const bytesPerMessage = 3_000
/** Bytes travel as base64, with a topic and an event. */
const overhead = 1.5

interface NodeDid {
  pushes?: Record<string, number>
  counters?: { askedBroadcasts?: number }
  holds?: { changesTold?: number }
}

interface NodeSent {
  sent?: SentByKind
}

/**
 * What nodes say to each other is bounded by what happened (ST-55, DP-9, DF-58). With n nodes, over all of them and for each kind of message:
 * heartbeats <= n (n - 1) * 2 * (1.05 * time / interval + 5); notices of lost messages <= n (n - 1) * (2 + 2 * reconnections);
 * messages of trackers <= (n - 1) * (topics * (time / interval + 5 + 4 * reconnections) + times that they told of changes), or, where nodes
 * do not count these, + operations + comings and goings;
 * all others <= (n - 1) * (20 + 2 * operations + joins of such topics * (2 + reconnections)). What the background does counts for its own topics,
 * and what a visitor of a simulation sends through another node for relayed long polls.
 */
export const messagesBetweenNodesBounded: Checker = {
  name: 'messages-between-nodes-bounded',
  invariant:
    'nodes send each other no more messages and bytes than changes, broadcasts, heartbeats and reconnections account for',
  needs: (history) => sentIn(history).length > 1,
  check(history) {
    const nodes = sentIn(history)
    if (nodes.length < 2) return unknown('fewer than two nodes show what they send')
    const happened = whatHappened(history, nodes.length)
    const kinds = [...new Set(nodes.flatMap(({ sent }) => Object.keys(sent)))]
    const totals = kinds.map((kind) => ({ kind, ...totalOf(nodes, kind) }))
    const all = totals.map((one) => ({ ...one, ...allowanceOf(happened, one) }))
    const most = all.filter(({ messages, messagesMax }) => messages > messagesMax)[0]
    if (most)
      return violated(
        `storm: ${count(nodes.length, 'node')} sent each other ${most.messages} messages of the kind ${most.kind}, and at most ${most.messagesMax} are accounted for`,
        { ...most, happened },
      )
    const heavy = all.find(({ bytes, bytesMax }) => bytes > bytesMax)
    if (heavy)
      return violated(
        `too much: ${count(nodes.length, 'node')} sent each other ${heavy.bytes} bytes of the kind ${heavy.kind}, and at most ${heavy.bytesMax} are accounted for`,
        { ...heavy, happened },
      )
    const messages = all.reduce((sum, one) => sum + one.messages, 0)
    return passed(`${count(messages, 'message')} between ${count(nodes.length, 'node')}, all accounted for`, {
      kinds: all,
      happened,
    })
  },
}

type Node = { sent: SentByKind }

/** What each node sent since its base reading. Live runs without one had visitors that nobody counts. */
function sentIn(history: History): Node[] {
  const before = new Map(history.of('read', sentBefore).map(({ node, value }) => [node, value as SentByKind]))
  if (isWatched(history) && before.size === 0) return []
  return history
    .finals<NodeSent>('node-state')
    .flatMap(({ node, value: { sent } }) => (sent ? [{ sent: since(sent, before.get(node) ?? {}) }] : []))
}

/** A node that was started again began to count anew. */
function since(sent: SentByKind, before: SentByKind): SentByKind {
  const isSameRun = Object.entries(before).every(([kind, { messages }]) => (sent[kind]?.messages ?? 0) >= messages)
  if (!isSameRun) return sent
  return Object.fromEntries(
    Object.entries(sent).map(([kind, { messages, bytes, topics }]) => [
      kind,
      { messages: messages - (before[kind]?.messages ?? 0), bytes: bytes - (before[kind]?.bytes ?? 0), topics },
    ]),
  )
}

const totalOf = (nodes: readonly Node[], kind: string): Sent => {
  const own = nodes.map(({ sent }) => sent[kind] ?? { messages: 0, bytes: 0, topics: 0 })
  return {
    messages: sum(own.map(({ messages }) => messages)),
    bytes: sum(own.map(({ bytes }) => bytes)),
    topics: sum(own.map(({ topics }) => topics)),
  }
}

type Happened = ReturnType<typeof whatHappened>

/** All that may have made nodes talk. */
function whatHappened(history: History, nodes: number) {
  const from = history.of('read', sentBefore)[0]?.tMs ?? 0
  const settings = history.of('read', mannersOf.settings)[0]?.value as NodeSettings | undefined
  const heartbeatMs = settings?.clusterHeartbeatMs ?? clusterHeartbeatMs
  const stalls = history.of('read', mannersOf.stall)
  const operations = history.of('invoke')
  const joins = history.of('join')
  const arrivals = [...joins, ...history.of('leave'), ...history.of('connect'), ...history.of('disconnect')]
  const finals = history.finals<NodeDid>('node-state')
  const pushed = history.of('invoke', 'push').filter(isOfBackground)
  const asked = sum(finals.map(({ value }) => value.counters?.askedBroadcasts ?? 0))
  const ofBackground = history.of('publish').filter(isOfBackground)
  return {
    nodes: nodes + (settings?.standbyCount ?? 0),
    forMs: history.endMs - from,
    heartbeatMs,
    // Each fault begins and ends, and a node that stood still may have been given up.
    reconnections:
      2 * history.faults.length +
      Math.max(stalls.filter(({ value }) => forMsOf(value) > 2 * heartbeatMs).length, reappearances(history)),
    operations: sum(operations.filter((one) => !isOfBackground(one)).map(weightOf)),
    pushes: sum(finals.flatMap(({ value }) => Object.values(value.pushes ?? {}))) - pushed.length,
    // Scenarios may ask for broadcasts past the history.
    asked: asked - ofBackground.length,
    backgroundOperations: operations.filter(isOfBackground).length,
    relayedRequests: relayedRequests(history),
    backgroundKinds: [...new Set(ofBackground.map((one) => kindOf(topicOf(one)))), relayKind],
    arrivals: arrivals.length,
    changesTold: changesTold(finals.map(({ value }) => value)),
    joins: joinsByKind(joins.map(topicOf), topicsJoinedBySockets(history)),
    isAllPublished: asked <= history.of('publish').length,
    publishedBytes: sum(history.of('publish').map(bytesOf)),
  }
}

/** Undefined where a node does not count how often its trackers told of changes. */
function changesTold(nodes: readonly NodeDid[]): number | undefined {
  const counts = nodes.flatMap(({ holds }) => holds?.changesTold ?? [])
  return counts.length === nodes.length ? sum(counts) : undefined
}

/** One operation may do many things. */
const weightOf = ({ value }: HistoryEvent) => Math.max(1, Number((value as { count?: number } | undefined)?.count ?? 1))

/** How often a node saw another one again that it had given up. */
function reappearances(history: History): number {
  const seen = new Map<string, Record<string, boolean>>()
  let times = 0
  for (const { who, value } of history.of('read', mannersOf.peers)) {
    const now = value as Record<string, boolean>
    const before = seen.get(who) ?? {}
    times += Object.keys(now).filter((peer) => now[peer] && before[peer] === false).length
    seen.set(who, now)
  }
  return times
}

const forMsOf = (stall: unknown) => (stall as { forMs: number }).forMs

const isOfBackground = ({ who }: HistoryEvent) => isBackground(who)

const topicOf = ({ topic = '' }: HistoryEvent) => topic
const kindOf = (topic: string) => topic.split(':', 1)[0]!

/** Of what was seen on the sockets of browsers and shoppers, who do not all record their joins themselves. */
const topicsJoinedBySockets = (history: History): string[] =>
  history.of('read', mannersOf.socket).flatMap(({ value }) => {
    const { kind, topic } = value as { kind: string; topic?: string }
    return kind === 'join' && topic !== undefined ? [topic] : []
  })

/** Kind -> how many joins there were, as the source says that saw most of them: both look at the same joins. */
function joinsByKind(...sources: readonly (readonly string[])[]): Record<string, number> {
  const joins: Record<string, number> = {}
  for (const topics of sources)
    for (const [kind, own] of Map.groupBy(topics, kindOf)) joins[kind] = Math.max(joins[kind] ?? 0, own.length)
  return joins
}

/** Visitors of a simulation count the requests that they send through another node. */
const relayedRequests = (history: History): number =>
  sum(history.finals<{ relayedRequests?: number }>('conversation').map(({ value }) => value.relayedRequests ?? 0))

/** As the digest of its content begins. */
const bytesOf = ({ value }: HistoryEvent) => Number((value as LedgerEntry).digest?.split(':', 1)[0] ?? 0)

/** Long polls of clients at another node than that of their session. */
const relayKind = 'longpoll_relay'
const trackerKind = 'tracker'
const words: readonly string[] = ['beat', 'up']

interface Allowance {
  messagesMax: number
  bytesMax: number
}

function allowanceOf(happened: Happened, { kind, messages, topics }: Sent & { kind: string }): Allowance {
  const messagesMax = Math.ceil(messagesMaxOf(happened, kind, topics))
  return { messagesMax, bytesMax: Math.ceil(bytesMaxOf(happened, kind, messages)) }
}

function messagesMaxOf(happened: Happened, kind: string, topics: number): number {
  const { nodes, forMs, heartbeatMs, reconnections, arrivals, changesTold, joins } = happened
  const others = nodes - 1
  if (kind === 'beat') return nodes * others * 2 * (1.05 * (forMs / heartbeatMs) + 5)
  if (kind === 'up') return nodes * others * (2 + noticesPerReconnection * reconnections)
  const operations = operationsOf(happened, kind)
  if (kind === trackerKind) {
    const each = forMs / trackerHeartbeatMs + 5 + introductionsPerReconnection * reconnections
    return others * (topics * each + (changesTold ?? operations + arrivals))
  }
  const told = (joins[kind] ?? 0) * (2 + reconnections)
  return others * (messagesAtBeginning + messagesPerOperation * operations + told)
}

const operationsOf = (happened: Happened, kind: string) => {
  const { operations, pushes, asked, backgroundKinds, backgroundOperations, relayedRequests } = happened
  const ofBackground = backgroundKinds.includes(kind) ? backgroundOperations : 0
  return Math.max(operations, pushes, asked) + ofBackground + (kind === relayKind ? relayedRequests : 0)
}

function bytesMaxOf(happened: Happened, kind: string, messages: number): number {
  const { nodes, reconnections, arrivals, backgroundKinds, publishedBytes, isAllPublished } = happened
  if (words.includes(kind)) return messages * bytesPerWord
  if (kind === trackerKind)
    return (messages + (nodes - 1) * (arrivals + operationsOf(happened, kind)) * (1 + reconnections)) * bytesPerChange
  // Of what was broadcast past the history nobody knows how long it was.
  if (!isAllPublished || kind === relayKind) return Number.POSITIVE_INFINITY
  const published = backgroundKinds.includes(kind) ? publishedBytes * overhead : 0
  return messages * bytesPerMessage + (nodes - 1) * published
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)
