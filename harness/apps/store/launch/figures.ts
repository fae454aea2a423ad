import { rankIn } from '../../../stats/percentile.ts'
import type { Memory } from './memory.ts'
import type { PagesReport } from './messages.ts'

/** A distribution in ms. */
export interface Spread {
  count: number
  p50: number
  p95: number
  p99: number
  max: number
}

/** What a release day cost, and how late its pages were told. */
export interface LaunchFigures {
  size: number
  /** Until every shopper had the shop open, in ms. */
  openMs: number
  /** From the request for the release until a page showed all of it. */
  release: Spread
  /** From the first page that showed a new level of a size until each of the others did. */
  levels: Spread
  purchases: Spread
  /** From a lost connection until the page was joined again. */
  away: Spread
  /** Of all nodes together for each shopper with an open page and a cart, in KB. */
  heapKiloBytes: number
  residentKiloBytes: number | undefined
}

interface Measured {
  size: number
  openMs: number
  purchaseMs: readonly number[]
  reports: readonly PagesReport[]
  memoryBefore: Memory
  memoryAfter: Memory
}

/** Pure. */
export function figuresOf({ size, openMs, purchaseMs, reports, memoryBefore, memoryAfter }: Measured): LaunchFigures {
  const [before, after] = [memoryBefore.residentBytes, memoryAfter.residentBytes]
  const each = (bytes: number) => bytes / 1_024 / size
  return {
    size,
    openMs: Math.round(openMs),
    release: spreadOf(reports.flatMap(({ releaseMs }) => releaseMs)),
    levels: spreadOf(behindTheFirst(reports)),
    purchases: spreadOf(purchaseMs),
    away: spreadOf(reports.flatMap(({ awayMs }) => awayMs)),
    heapKiloBytes: each(memoryAfter.heapBytes - memoryBefore.heapBytes),
    residentKiloBytes: before === undefined || after === undefined ? undefined : each(after - before),
  }
}

/** All threads share a clock. */
function behindTheFirst(reports: readonly PagesReport[]): number[] {
  const same = Map.groupBy(
    reports.flatMap(({ changes }) => changes),
    ({ itemId, level }) => `${itemId} ${level}`,
  )
  return [...same.values()].flatMap((changes) => {
    const times = changes.flatMap(({ atMs }) => atMs)
    const firstMs = times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
    return times.map((ms) => ms - firstMs)
  })
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => rankIn(sorted, share)
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) ?? Number.NaN }
}
