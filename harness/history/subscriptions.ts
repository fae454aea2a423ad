import { edgeMs } from '../timing.ts'
import type { History, Window } from './history.ts'
import type { HistoryEvent } from './operation.ts'
import { leadingCount } from './sorted.ts'
import { isWithin } from './spans.ts'

/** One subscriber of one topic, with the times and nodes of its joins. */
export interface Subscription {
  who: string
  topic: string
  /** From each join to the leave or disconnect that ended it; sorted and disjoint. */
  windows: readonly Window[]
  joins: readonly HistoryEvent[]
  /** Times of leaves and rejoins, ascending; without the first join and the end of the history. */
  edgesMs: readonly number[]
}

interface Growing {
  who: string
  topic: string
  windows: Window[]
  joins: HistoryEvent[]
  sinceMs: number | undefined
}

/** Returns every subscriber that ever joined a topic, in the order of the first joins. One pass over the history. */
export function subscriptionsOf({ events, endMs }: History): Subscription[] {
  const all: Growing[] = []
  const byWho = new Map<string, Map<string | undefined, Growing>>()
  for (const event of events) {
    if (event.type === 'join') joined(event, all, byWho)
    else if (event.type === 'leave') end(byWho.get(event.who)?.get(event.topic), event.tMs)
    else if (event.type === 'disconnect') for (const one of byWho.get(event.who)?.values() ?? []) end(one, event.tMs)
  }
  return all.map((one) => {
    end(one, endMs)
    const { who, topic, windows, joins } = one
    return { who, topic, windows, joins, edgesMs: edgesOf(windows, endMs) }
  })
}

function joined(event: HistoryEvent, all: Growing[], byWho: Map<string, Map<string | undefined, Growing>>) {
  const { who, topic, tMs } = event
  if (topic === undefined) return
  const own = byWho.get(who) ?? new Map<string | undefined, Growing>()
  byWho.set(who, own)
  let one = own.get(topic)
  if (!one) {
    one = { who, topic, windows: [], joins: [], sinceMs: undefined }
    own.set(topic, one)
    all.push(one)
  }
  one.joins.push(event)
  one.sinceMs ??= tMs
}

function end(one: Growing | undefined, atMs: number) {
  if (one?.sinceMs === undefined) return
  one.windows.push({ fromMs: one.sinceMs, toMs: atMs, why: 'joined' })
  one.sinceMs = undefined
}

const edgesOf = (windows: readonly Window[], endMs: number) =>
  windows.flatMap(({ fromMs, toMs }, index) => [
    ...(index > 0 ? [fromMs] : []),
    ...(index < windows.length - 1 || toMs < endMs ? [toMs] : []),
  ])

/** Returns whether it was joined at any time in the interval. */
export const isJoinedBetween = ({ windows }: Subscription, fromMs: number, toMs: number): boolean =>
  isWithin(windows, fromMs, toMs)

/** Returns whether it rejoined, left or lost its connection near this time. */
export function isNearEdge({ edgesMs }: Subscription, atMs: number): boolean {
  const next = edgesMs[leadingCount(edgesMs, (one) => one < atMs - edgeMs)]
  return next !== undefined && next <= atMs + edgeMs
}

/** Returns the node of its last join before or at the event of this index; undefined before its first join. */
export const nodeAt = ({ joins }: Subscription, atIndex: number): string | undefined =>
  joins[leadingCount(joins, ({ index }) => index <= atIndex) - 1]?.node
