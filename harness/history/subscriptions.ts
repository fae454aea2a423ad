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
  /** The same from when the join was asked for, where that is known: a stalled node may have joined it well before its answer came. */
  possible: readonly Window[]
  joins: readonly HistoryEvent[]
  /** Times of leaves and of rejoins that are not known exactly, ascending; without the first join and the end of the history. */
  edgesMs: readonly number[]
}

interface Growing {
  who: string
  topic: string
  windows: Window[]
  possible: Window[]
  joins: HistoryEvent[]
  sinceMs: number | undefined
  askedMs: number
  /** Beginnings of windows that are known exactly: what is sent after them must arrive. */
  exactFromMs: Set<number>
}

/** Returns every subscriber that ever joined a topic, in the order of the first joins. One pass over the history. */
export function subscriptionsOf({ events, endMs }: History): Subscription[] {
  const all: Growing[] = []
  const byWho = new Map<string, Map<string | undefined, Growing>>()
  for (const event of events) {
    if (event.type === 'join') joined(event, all, byWho)
    else if (event.type === 'leave') left(event, byWho.get(event.who)?.get(event.topic))
    else if (event.type === 'disconnect') for (const one of byWho.get(event.who)?.values() ?? []) end(one, event.tMs)
  }
  return all.map((one) => {
    end(one, endMs)
    const { who, topic, windows, possible, joins, exactFromMs } = one
    return { who, topic, windows, possible, joins, edgesMs: edgesOf(windows, exactFromMs, endMs) }
  })
}

function joined(event: HistoryEvent, all: Growing[], byWho: Map<string, Map<string | undefined, Growing>>) {
  const { who, topic, tMs } = event
  if (topic === undefined) return
  const own = byWho.get(who) ?? new Map<string | undefined, Growing>()
  byWho.set(who, own)
  let one = own.get(topic)
  if (!one) {
    one = { who, topic, windows: [], possible: [], joins: [], sinceMs: undefined, askedMs: tMs, exactFromMs: new Set() }
    own.set(topic, one)
    all.push(one)
  }
  one.joins.push(event)
  if (one.sinceMs !== undefined) return
  one.sinceMs = tMs
  const askedMs = (event.value as JoinValue | undefined)?.askedMs
  one.askedMs = askedMs ?? tMs
  if (askedMs !== undefined) one.exactFromMs.add(tMs)
}

/** Of a `join` event of a client that records the answer to its join at once: when it asked. */
interface JoinValue {
  askedMs: number
}

/** Of a second `leave` event: the node has answered that it left. */
interface LeaveValue {
  acknowledged?: boolean
}

/** A leave is recorded when it is asked for, and by some clients again when it is answered. */
function left({ tMs, value }: HistoryEvent, one: Growing | undefined) {
  end(one, tMs)
  const last = one?.possible.at(-1)
  // What is sent after the answer cannot arrive: the allowance that every comparison makes is taken off in advance.
  if (last && (value as LeaveValue | undefined)?.acknowledged) last.toMs = tMs - edgeMs
}

function end(one: Growing | undefined, atMs: number) {
  if (one?.sinceMs === undefined) return
  one.windows.push({ fromMs: one.sinceMs, toMs: atMs, why: 'joined' })
  one.possible.push({ fromMs: one.askedMs, toMs: atMs, why: 'asked for' })
  one.sinceMs = undefined
}

const edgesOf = (windows: readonly Window[], exactFromMs: ReadonlySet<number>, endMs: number) =>
  windows.flatMap(({ fromMs, toMs }, index) => [
    ...(index > 0 && !exactFromMs.has(fromMs) ? [fromMs] : []),
    ...(index < windows.length - 1 || toMs < endMs ? [toMs] : []),
  ])

/** Returns whether it was joined at any time in the interval. */
export const isJoinedBetween = ({ windows }: Subscription, fromMs: number, toMs: number): boolean =>
  isWithin(windows, fromMs, toMs)

/** Returns whether its node may have joined it at any time in the interval. */
export const mayBeJoinedBetween = ({ possible }: Subscription, fromMs: number, toMs: number): boolean =>
  isWithin(possible, fromMs, toMs)

/** Returns whether it rejoined, left or lost its connection near this time. */
export function isNearEdge({ edgesMs }: Subscription, atMs: number): boolean {
  const next = edgesMs[leadingCount(edgesMs, (one) => one < atMs - edgeMs)]
  return next !== undefined && next <= atMs + edgeMs
}

/** Returns the node of its last join before or at the event of this index; undefined before its first join. */
export const nodeAt = ({ joins }: Subscription, atIndex: number): string | undefined =>
  joins[leadingCount(joins, ({ index }) => index <= atIndex) - 1]?.node
