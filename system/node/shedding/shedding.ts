import { startBeat } from '../../platform/beat.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import type { ProcessUsage } from '../../platform/usage.ts'
import type { Part } from '../lifecycle.ts'
import { createAgeMarks } from './age-marks.ts'
import { createRangeWatch, type Range } from './range-watch.ts'

/** The connections of a node. */
export interface Connections {
  count(): number
  /** Connections are numbered as they come: the number of the newest one. */
  newest(): number
  /** Closes up to `countMax`, the oldest first, of those numbered up to `upTo`; returns how many. */
  shed(countMax: number, upTo?: number): number
}

export interface SheddingRules {
  /** How often a node looks, and how many connections it closes at most each time. */
  everyMs: number
  countMax: number
  /** No connection lives longer. Default: as long as it likes. */
  maxAgeMs?: number
  /** Connections are closed while the node has used more than this for `afterMs`. Default: never. */
  range?: Range
  afterMs: number
}

interface SheddingOptions {
  connections: Connections
  rules: SheddingRules
  clock: Clock
  log: Log
  usage(): ProcessUsage
}

/** What an operator asks for: `count` connections once, or all but `keep`. */
export type ShedOrder = { count: number } | { keep: number }

/**
 * Closes connections so that their clients connect again and spread over all nodes. Only needed where the number of nodes changes while
 * they run, and off unless it is asked for (DP-25).
 */
export interface Shedding {
  part: Part
  /** Returns how many were closed at once. With `keep` the node goes on in rounds until it has no more than that, or has closed five times its surplus. */
  order(order: ShedOrder): number
  readonly counters: { shedByOrder: number; shedByAge: number; shedByResource: number }
}

/** How many rounds without a surplus end an order. */
const quietRoundsMax = 3
/** An order closes no more than this many times its first surplus: where too few nodes are left for all clients, it would never end. */
const closedPerSurplusMax = 5

export function createShedding({ connections, rules, clock, log, usage }: SheddingOptions): Shedding {
  const { everyMs, countMax, maxAgeMs, range, afterMs } = rules
  const counters = { shedByOrder: 0, shedByAge: 0, shedByResource: 0 }
  const ages = maxAgeMs === undefined ? undefined : createAgeMarks(maxAgeMs)
  const watch = range && createRangeWatch(range, afterMs)
  const read = watch && createUsageMeter(clock, usage)
  let order: { keep: number; left: number } | undefined
  let quietRounds = 0
  let endBeat: (() => void) | undefined

  function close(reason: keyof typeof counters, most: number, upTo?: number): number {
    const closed = most > 0 ? connections.shed(most, upTo) : 0
    counters[reason] += closed
    if (closed > 0) log.info({ closed, reason, left: connections.count() }, 'shed connections')
    return closed
  }

  /** Clients that were closed, here or on another node, may land here: it is over when nobody has come for some rounds. */
  function closeSurplus(now: { keep: number; left: number }) {
    const surplus = connections.count() - now.keep
    quietRounds = surplus > 0 ? 0 : quietRounds + 1
    now.left -= close('shedByOrder', Math.min(surplus, countMax, now.left))
    if (quietRounds === quietRoundsMax || now.left === 0) order = undefined
  }

  function round() {
    const nowMs = clock.monotonicMs()
    if (ages) close('shedByAge', countMax, ages.look(nowMs, connections.newest()))
    if (watch?.look(nowMs, read!())) close('shedByResource', countMax)
    if (order) closeSurplus(order)
    else if (!ages && !watch) stop()
  }

  function start() {
    endBeat ??= startBeat(clock, everyMs, round)
  }

  function stop() {
    endBeat?.()
    endBeat = undefined
  }

  return {
    counters,
    part: {
      name: 'shedding',
      start: () => {
        if (ages || watch) start()
      },
      stop,
    },
    order(wished) {
      if ('count' in wished) return close('shedByOrder', wished.count)
      const { keep } = wished
      const surplus = Math.max(0, connections.count() - keep)
      order = { keep, left: surplus * closedPerSurplusMax }
      quietRounds = 0
      const before = counters.shedByOrder
      if (endBeat) closeSurplus(order)
      else start()
      return counters.shedByOrder - before
    },
  }
}

/** The share of one processor since the last reading, and the heap now. */
function createUsageMeter(clock: Clock, usage: () => ProcessUsage) {
  let last = { atMs: clock.monotonicMs(), cpuMs: usage().cpuMs }
  return () => {
    const { cpuMs, heapBytes } = usage()
    const atMs = clock.monotonicMs()
    const cpu = (cpuMs - last.cpuMs) / Math.max(1, atMs - last.atMs)
    last = { atMs, cpuMs }
    return { cpu, heapBytes }
  }
}
