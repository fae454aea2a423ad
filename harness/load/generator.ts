import { Worker } from 'node:worker_threads'
import type { Histogram } from 'hdr-histogram-js'
import { sharedMonotonicMs } from '../platform/clock.ts'
import { mergedLatencies } from './latencies.ts'
import { firstRef } from './messages.ts'
import type { Counts } from './tally.ts'
import type { StageOptions, WorkerOptions, WorkerReport, WorkerRequest, WorkerStage } from './worker-messages.ts'

/** What a stage of load came to, over all threads. */
export interface StageResult extends Counts {
  ratePerS: number
  durationMs: number
  slotMs: number
  /** Latency from the intended time, in us. */
  latencies: Histogram
  /** The same for each slot of the stage. */
  slots: readonly Histogram[]
  /** How late messages were sent, in us. */
  lag: Histogram
  /** Messages that were never answered. */
  lost: number
  backlog: readonly number[]
  /** From the end of the stage until the last answer; undefined when some never came. */
  drainedMs?: number
  /** The event-loop utilisation of the busiest thread while it sent, 0 to 1. */
  busy: number
  /** Connections that the server closed. */
  closed: number
}

export type GeneratorOptions = Omit<WorkerOptions, 'first' | 'step'> & { threads: number }

/** Connections to a system, and load on them in stages that follow each other. */
export interface Generator {
  /** Rejects when a thread fails. */
  run(stage: StageOptions): Promise<StageResult>
  close(): Promise<void>
}

/** Threads need a moment to draw the schedule before the stage begins. */
const leadMs = 60

/** Starts the threads, connects and joins; rejects with a sentence when the server refuses. */
export async function openGenerator({ threads, ...options }: GeneratorOptions): Promise<Generator> {
  const step = Math.min(threads, options.connections)
  const workers = Array.from({ length: step }, (_, first) => startThread({ ...options, first, step }))
  let nextRef = firstRef

  async function close() {
    await Promise.all(workers.map((worker) => worker.end()))
  }

  try {
    await Promise.all(workers.map((worker) => worker.connected))
  } catch (error) {
    await close()
    throw error
  }
  return {
    async run(stage) {
      const request = { kind: 'stage', stage, startAtMs: sharedMonotonicMs() + leadMs, firstRef: nextRef } as const
      const results = await Promise.all(workers.map((worker) => worker.run(request)))
      nextRef += refsOf(results)
      return mergeStages(stage, results)
    },
    close,
  }
}

/** Each message is offered by the one thread that sends it. */
const refsOf = (results: readonly WorkerStage[]) => results.reduce((sum, { counts }) => sum + counts.offered, 0)

const sumOf = (results: readonly WorkerStage[], name: keyof Counts) =>
  results.reduce((sum, { counts }) => sum + counts[name], 0)

/** Adds up what the threads counted. Pure. */
export function mergeStages(stage: StageOptions, results: readonly WorkerStage[]): StageResult {
  const slotCount = results[0]?.slots.length ?? 0
  const slots = Array.from({ length: slotCount }, (_, slot) => mergedLatencies(results.map((one) => one.slots[slot]!)))
  const [expected, received] = [sumOf(results, 'expected'), sumOf(results, 'received')]
  const drained = results.map(({ drainedMs }) => drainedMs)
  const samples = Math.min(...results.map(({ backlog }) => backlog.length))
  return {
    ratePerS: stage.ratePerS,
    durationMs: stage.durationMs,
    slotMs: stage.slotMs,
    offered: sumOf(results, 'offered'),
    sentInTime: sumOf(results, 'sentInTime'),
    expected,
    received,
    errors: sumOf(results, 'errors'),
    doubled: sumOf(results, 'doubled'),
    overtaken: sumOf(results, 'overtaken'),
    lost: expected - received,
    latencies: mergedLatencies(results.flatMap((one) => one.slots)),
    slots,
    lag: mergedLatencies(results.map((one) => one.lag)),
    backlog: Array.from({ length: samples }, (_, at) => results.reduce((sum, one) => sum + one.backlog[at]!, 0)),
    ...(drained.every((one) => one !== undefined) && { drainedMs: Math.max(...(drained as number[])) }),
    busy: Math.max(...results.map(({ busy }) => busy)),
    closed: results.reduce((sum, one) => sum + one.closed, 0),
  }
}

const endedEarly = () => new Error('a thread of the load generator ended early')

function startThread(options: WorkerOptions) {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: options })
  const connected = Promise.withResolvers<void>()
  let stage = Promise.withResolvers<WorkerStage>()
  let hasEnded = false
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const fail = (error: Error) => {
    connected.reject(error)
    stage.reject(error)
  }
  // Each is awaited by somebody only while it matters.
  connected.promise.catch(() => {})
  stage.promise.catch(() => {})
  worker.on('message', (report: WorkerReport) => {
    if (report.kind === 'connected') connected.resolve()
    else if (report.kind === 'stage') stage.resolve(report.result)
    else fail(new Error(report.why))
  })
  worker.on('error', fail)
  worker.on('exit', () => {
    hasEnded = true
    fail(endedEarly())
  })
  return {
    connected: connected.promise,
    run(request: WorkerRequest): Promise<WorkerStage> {
      if (hasEnded) return Promise.reject(endedEarly())
      stage = Promise.withResolvers()
      worker.postMessage(request)
      return stage.promise
    },
    async end() {
      const request: WorkerRequest = { kind: 'close' }
      worker.postMessage(request)
      await ended
    },
  }
}
