import type { WorkshopRun } from '../apps/workshop/control.ts'
import type { LoadResult } from '../clients/request-load.ts'
import { percentile } from '../stats/percentile.ts'

/** The figures of `ab` (MR-9). */
export interface LoadSummary {
  tookMs: number
  perSecond: number
  /** Per request, and across all that were under way at once. */
  meanMs: number
  acrossAllMs: number
  /** Without an answer. */
  failed: number
  non2xx: number
  ok: number
  percentilesMs: { p50: number; p95: number; p99: number; max: number }
  /** Which part of the time the generator was busy, 0 to 1. */
  busy: number
}

/** Pure. */
export function summaryOf({ requests, tookMs, busy }: LoadResult): LoadSummary {
  const durations = requests.map(({ startedMs, endedMs }) => endedMs - startedMs)
  const answered = requests.filter(({ status }) => status > 0)
  const ok = answered.filter(({ status }) => status >= 200 && status < 300).length
  return {
    tookMs,
    perSecond: (requests.length / tookMs) * 1_000,
    meanMs: durations.reduce((sum, one) => sum + one, 0) / durations.length,
    acrossAllMs: tookMs / requests.length,
    failed: requests.length - answered.length,
    non2xx: answered.length - ok,
    ok,
    percentilesMs: {
      p50: percentile(durations, 0.5),
      p95: percentile(durations, 0.95),
      p99: percentile(durations, 0.99),
      max: percentile(durations, 1),
    },
    busy,
  }
}

/** Above this the generator may have been late with what it sent. */
const busyMax = 0.9
const sampleEveryMs = 50
/** Timers of a node that is left in peace come a few per cent late; where they come much later, somebody else has the processor. */
const lateShareMax = 0.2
const standstillMaxMs = 400
/** How long before it is due a sample may be stamped. */
const earlyMaxMs = 2

/** Why the times of a load cannot be believed. */
export interface LoadLimits {
  /** It was the limit of what it sent. It always is where answers come at once: what happens after them can be believed. */
  generator?: string
  /** It had no time for the node. */
  machine?: string
}

/** Pure. */
export function limitsOf({ busy }: Pick<LoadResult, 'busy'>, { samples }: Pick<WorkshopRun, 'samples'>): LoadLimits {
  const problem = machineProblem(samples.map(({ atMs }) => atMs))
  return {
    ...(busy > busyMax && {
      generator: `the generator was busy for ${Math.round(busy * 100)} % of the time, so it was the limit`,
    }),
    ...(problem !== undefined && { machine: problem }),
  }
}

/** Samples are due every 50 ms, and in a long run every 100, 200 and so on: what comes later shows how busy the machine was. */
function machineProblem(atMs: readonly number[]): string | undefined {
  const gaps = atMs.slice(1).map((at, index) => at - atMs[index]!)
  if (gaps.length === 0) return undefined
  const dueMs = sampleEveryMs * Math.max(1, Math.floor((Math.min(...gaps) + earlyMaxMs) / sampleEveryMs))
  const longestMs = Math.max(...gaps) - dueMs
  const lateShare = 1 - (dueMs * gaps.length) / (atMs.at(-1)! - atMs[0]!)
  if (longestMs > standstillMaxMs)
    return `the node stood still for ${Math.round(longestMs)} ms, so the machine was too busy`
  if (lateShare > lateShareMax)
    return `timers of the node were late by ${Math.round(lateShare * 100)} %, so the machine was too busy`
  return undefined
}

type Limited = readonly { limits: LoadLimits }[]

/** Why what a node did after its answers cannot be believed. Pure. */
export const machineLimits = (...runs: Limited): string[] => runs.flatMap(({ limits: { machine } }) => machine ?? [])

/** Why the times of answers cannot be believed. Pure. */
export const allLimits = (...runs: Limited): string[] =>
  runs.flatMap(({ limits: { generator, machine } }) => [generator ?? [], machine ?? []].flat())
