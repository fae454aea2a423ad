import type { PressureTotals } from '../platform/pressure.ts'
import type { Starvation } from '../verdict/result.ts'

/** What was read at one time. */
export interface Reading {
  atMs: number
  pressure: PressureTotals
  /** By process: its number, and what `readWaitedMs` says of it. Several processes of one part are named as in `database/4711`; not all are read each time. */
  waited: Readonly<Record<string, { pid: number; ms: number | undefined }>>
}

interface Stall {
  who: string
  atMs: number
  forMs: number
}

/** Collects what the processes of a scenario waited for, and says how starved they were in any part of it. No clock and no files. */
export interface StarvationMeter {
  add(reading: Reading): void
  /** For how long until then the event loop of a process did not turn, or a node did not answer. */
  addStall(stall: Stall): void
  /** Between two times; a process that started meanwhile counts from its first reading. */
  between(fromMs: number, toMs: number): Starvation
}

export function createStarvationMeter(): StarvationMeter {
  const readings: Reading[] = []
  const stalls: Stall[] = []
  return {
    add: (reading) => void readings.push(reading),
    addStall: (stall) => void stalls.push(stall),
    between(fromMs, toMs) {
      const own = readings.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
      return {
        overMs: Math.round(toMs - fromMs),
        pressure: pressureOf(own),
        waitedMs: waitedOf(own),
        longestStallMs: longestOf(stalls.filter(({ atMs, forMs }) => atMs >= fromMs && atMs - forMs <= toMs)),
      }
    },
  }
}

const shares = { cpu: 'cpuMs', io: 'ioMs', memory: 'memoryMs' } as const

function pressureOf(readings: readonly Reading[]): Starvation['pressure'] {
  const [first, last] = [readings[0], readings.at(-1)]
  if (!first || !last || last.atMs <= first.atMs) return {}
  const share = (name: keyof PressureTotals) => {
    const [before, now] = [first.pressure[name], last.pressure[name]]
    if (before === undefined || now === undefined) return undefined
    return Math.min(1, Math.round((100 * (now - before)) / (last.atMs - first.atMs)) / 100)
  }
  const found = Object.entries(shares).map(([kind, name]) => [kind, share(name)] as const)
  return Object.fromEntries(found.filter(([, value]) => value !== undefined))
}

/** By part: what the one of its processes waited that waited longest. A process that was started again begins to count anew. */
function waitedOf(readings: readonly Reading[]): Record<string, number> {
  const longest: Record<string, number> = {}
  for (const [who, ms] of Object.entries(waitedByProcess(readings))) {
    const [part = who] = who.split('/')
    longest[part] = Math.max(longest[part] ?? 0, Math.round(ms))
  }
  return longest
}

function waitedByProcess(readings: readonly Reading[]): Record<string, number> {
  const sums: Record<string, number> = {}
  const last: Record<string, { pid: number; ms: number }> = {}
  for (const { waited } of readings) {
    for (const [who, { pid, ms }] of Object.entries(waited)) {
      if (ms === undefined) continue
      const before = last[who]
      if (before?.pid === pid) sums[who] = (sums[who] ?? 0) + ms - before.ms
      last[who] = { pid, ms }
    }
  }
  return sums
}

function longestOf(stalls: readonly Stall[]): Record<string, number> {
  const longest: Record<string, number> = {}
  for (const { who, forMs } of stalls) longest[who] = Math.max(longest[who] ?? 0, Math.round(forMs))
  return longest
}

/** A process that waits for a processor for so much of its time does not come to what it should do. */
const waitedShare = 0.25
/** Longer than anything that is on time. */
const stalledMs = 500
/** Shares of the time. */
const pressureShares = { cpu: 0.9, io: 0.5, memory: 0.2 } as const
const waitsFor = { cpu: 'a processor', io: 'the disk', memory: 'memory' } as const

/** Says how starved the processes were, such as `n2 waited 4.1 s of 12.0 s for a processor`; undefined where they were not. Pure. */
export function describeStarvation({ overMs, pressure, waitedMs, longestStallMs }: Starvation): string | undefined {
  const [who, waited] = most(waitedMs)
  // A node that does not answer may be at fault itself; the harness has no reason of its own to stand still.
  const stalled = longestStallMs.harness ?? 0
  const waits = waited >= waitedShare * overMs && waited > 0
  // With several scenarios in parallel something always waits for a processor; that alone starves nobody.
  const mentioned = waits || stalled >= stalledMs ? (['cpu', 'io', 'memory'] as const) : (['io', 'memory'] as const)
  const kinds = mentioned.filter((kind) => (pressure[kind] ?? 0) >= pressureShares[kind])
  const said = [
    ...(waits ? [`${who} waited ${seconds(waited)} of ${seconds(overMs)} for a processor`] : []),
    ...(stalled >= stalledMs ? [`the harness stood still for ${seconds(stalled)} at once`] : []),
    ...kinds.map((kind) => `something waited for ${waitsFor[kind]} ${Math.round(100 * pressure[kind]!)} % of the time`),
  ]
  return said.length > 0 ? `${saysStarved}${said.join(', ')}` : undefined
}

/** What was waited for in vain on a starved machine says little of the system, and its reason says so, once. Pure. */
export function withStarvation(why: string, starvation: Starvation): string {
  const starved = describeStarvation(starvation)
  return starved === undefined || why.includes(saysStarved) ? why : `${why}; ${starved}`
}

const saysStarved = 'the machine was starved: '

/**
 * A process with less than this share of its time becomes ten times slower; what takes longer than it may for any smaller reason is not explained
 * by it, because limits are many times what a wait takes on a quiet machine.
 */
const starvedShare = 0.9

/** Whether what did not come in this time may only be late: a process had no processor, or the harness stood still, for nearly all of it. Pure. */
export const isStarved = ({ overMs, waitedMs, longestStallMs }: Starvation): boolean =>
  Math.max(most(waitedMs)[1], longestStallMs.harness ?? 0) >= starvedShare * overMs

/** With less, the limits of waits are long enough as they are. */
const lostShare = 0.7

/** How much of this time a process had no processor, or the harness stood still, where that was most of it; else 0. Pure. */
export function lostMsIn({ overMs, waitedMs, longestStallMs }: Starvation): number {
  const lostMs = Math.min(overMs, Math.max(most(waitedMs)[1], longestStallMs.harness ?? 0))
  return lostMs >= lostShare * overMs ? lostMs : 0
}

const most = (byProcess: Readonly<Record<string, number>>): [who: string, ms: number] =>
  Object.entries(byProcess).reduce((a, b) => (b[1] > a[1] ? b : a), ['nobody', 0] as [string, number])

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`
