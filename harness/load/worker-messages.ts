import type { Version } from './messages.ts'
import type { Counts } from './tally.ts'

export interface Address {
  host: string
  port: number
}

/** What one thread of the generator holds. */
export interface WorkerOptions {
  /** Connections are spread over these, one after the other. */
  addresses: readonly Address[]
  socketPath: string
  version: Version
  /** Connections of the whole generator; this thread holds those whose number is `first` plus a multiple of `step`. */
  connections: number
  first: number
  step: number
  /** The topic of every connection; `#` in it stands for the connection's number. */
  topic: string
}

/** One stage of load; the same for all threads. */
export interface StageOptions {
  seed: number
  ratePerS: number
  durationMs: number
  /** Latencies are kept for each slot of this length. */
  slotMs: number
  event: string
  /** Used in turn. A broadcast gets `{"i": number}` instead. */
  payloads: readonly object[]
  /** `reply`: each push is answered to its sender. `broadcast`: the first connection sends, and every member of the topic hears it. */
  mode: 'reply' | 'broadcast'
  /** How long answers are awaited after the end. */
  drainMs: number
}

export type WorkerRequest =
  | { kind: 'stage'; stage: StageOptions; startAtMs: number; firstRef: number }
  | { kind: 'close' }

export interface WorkerStage {
  counts: Counts
  slots: string[]
  lag: string
  /** Messages sent and not answered, each 100 ms. */
  backlog: number[]
  /** From the end of the stage until the last answer; undefined when some never came. */
  drainedMs?: number
  /** Event-loop utilisation of the thread while it sent, 0 to 1. */
  busy: number
  /** Connections that the server has closed. */
  closed: number
}

export type WorkerReport =
  | { kind: 'connected' }
  | { kind: 'stage'; result: WorkerStage }
  | { kind: 'failed'; why: string }
