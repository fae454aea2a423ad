import { mannersOf, type SocketEvent } from './manners.ts'
import type { HistoryEvent } from './operation.ts'

/** What a deploy, or shedding, cost the clients of one address (DP-27, DP-34, DP-35). */
export interface Reconnects {
  /** How often somebody connected again who had been connected. */
  count: number
  /** When each of them had lost the connection, by the client's own clock. */
  lossesMs: readonly number[]
  /** How long each of them had no connection, in ms. */
  gapsMs: readonly number[]
  /** The most that connected within one second. */
  perSecondMax: number
  /** Attempts that were not taken. */
  refusedCount: number
}

const secondMs = 1_000

/** From what the sockets of the clients of `node` did, in a part of a history. Pure. */
export function reconnectsOf(events: readonly HistoryEvent[], node: string): Reconnects {
  const endedMs = new Map<string, number>()
  const gapsMs: number[] = []
  const lossesMs: number[] = []
  const openedMs: number[] = []
  let refusedCount = 0
  for (const { who, socket } of socketEvents(events, node)) {
    const { kind, atMs, wasOpen, closedBy } = socket
    // Who leaves a page for another one connects anew, and has lost nothing.
    if (kind === 'end' && wasOpen && closedBy !== 'client') endedMs.set(who, atMs)
    if (kind === 'end' && !wasOpen) refusedCount += 1
    if (kind !== 'open') continue
    const lostMs = endedMs.get(who)
    if (lostMs === undefined) continue
    lossesMs.push(lostMs)
    gapsMs.push(atMs - lostMs)
    openedMs.push(atMs)
    endedMs.delete(who)
  }
  return { count: gapsMs.length, lossesMs, gapsMs, perSecondMax: mostWithin(openedMs, secondMs), refusedCount }
}

const socketEvents = (events: readonly HistoryEvent[], node: string) =>
  events
    .filter((event) => event.operation === mannersOf.socket && event.node === node)
    .map(({ who, value }) => ({ who, socket: value as SocketEvent }))

/** How many of these times lie within `windowMs`, at most. */
function mostWithin(timesMs: readonly number[], windowMs: number): number {
  const sorted = timesMs.toSorted((a, b) => a - b)
  let first = 0
  return sorted.reduce((most, atMs, last) => {
    while (atMs - sorted[first]! > windowMs) first += 1
    return Math.max(most, last - first + 1)
  }, 0)
}

/** `40 reconnects, at most 38 within a second; without a connection for 12 ms (median) to 130 ms` */
export function describeReconnects({ count, gapsMs, perSecondMax }: Reconnects): string {
  if (count === 0) return 'nobody connected again'
  const sorted = gapsMs.toSorted((a, b) => a - b)
  const [median, longest] = [sorted[Math.floor(count / 2)]!, sorted.at(-1)!].map(Math.round)
  return `${count} reconnects, at most ${perSecondMax} within a second; without a connection for ${median} ms (median) to ${longest} ms`
}
