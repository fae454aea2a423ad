import type { HistoryEvent } from '../history/operation.ts'
import { rankIn } from '../stats/percentile.ts'

export interface Rates {
  /** Messages that clients of the background received. */
  receivedPerSecond: number
  publishedPerSecond: number
  /** From a push of the background to its answer, over the window; undefined when none was answered. */
  p50Ms?: number
  p99Ms?: number
  /** Pushes that have no answer yet, or never got one. */
  unanswered: number
}

const perSecondMs = 1_000

/** Counts what happened in the last `windowMs`. Pure; looks at the end of the events only. */
export function ratesOf(events: readonly HistoryEvent[], nowMs: number, windowMs: number): Rates {
  const recent = since(events, nowMs - windowMs)
  const perSecond = (type: HistoryEvent['type']) =>
    Math.round((recent.filter((one) => one.type === type).length * perSecondMs) / windowMs)
  const begun = new Map(recent.filter(isPush).map(({ op, tMs }) => [op, tMs]))
  const tookMs = recent
    .filter(({ type, op }) => type === 'ok' && begun.has(op))
    .map(({ op, tMs }) => tMs - begun.get(op)!)
    .sort((a, b) => a - b)
  return {
    receivedPerSecond: perSecond('receive'),
    publishedPerSecond: perSecond('publish'),
    ...(tookMs.length > 0 && { p50Ms: rankIn(tookMs, 0.5), p99Ms: rankIn(tookMs, 0.99) }),
    unanswered: begun.size - tookMs.length,
  }
}

const isPush = ({ type, operation }: HistoryEvent) => type === 'invoke' && operation === 'push'

function since(events: readonly HistoryEvent[], fromMs: number): readonly HistoryEvent[] {
  let from = events.length
  while (from > 0 && events[from - 1]!.tMs >= fromMs) from -= 1
  return events.slice(from)
}
