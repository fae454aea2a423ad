import type { Histogram } from 'hdr-histogram-js'
import { createLatencies } from './latencies.ts'
import type { Schedule } from './schedule.ts'

/** What one thread counted in one stage; counts of several threads add up. */
export interface Counts {
  /** Messages that were due. */
  offered: number
  /** Those that were sent before the end of the stage, or within `graceMs` of it. */
  sentInTime: number
  /** Replies or deliveries that were expected: one for each push, or one for each member of the topic. */
  expected: number
  received: number
  /** Replies that say that the push failed. */
  errors: number
  /** More replies to one message than there should be. */
  doubled: number
  /** Replies that came behind the reply to a later message on the same connection. */
  overtaken: number
}

export interface Tally {
  readonly counts: Counts
  /** Latency from the intended time, in us, for each slot of the stage in which the message was due. */
  readonly slots: readonly Histogram[]
  /** How late each message was sent, in us. */
  readonly lag: Histogram
  /** Messages that were sent and not answered yet, now. */
  waiting(): number
  sent(index: number, nowMs: number): void
  /** `index` of the message in the schedule; numbers outside of it belong to another stage. */
  arrived(connection: number, index: number, nowMs: number, isError: boolean): void
  isComplete(): boolean
}

export interface TallyOptions {
  schedule: Schedule
  durationMs: number
  slotMs: number
  /** Whether this thread sends the message. */
  sends(index: number): boolean
  /** Replies to each message that this thread expects for messages of its own, or for all (broadcasts). */
  answersEach: number
  answersToAll: boolean
  connections: number
}

/** Sent this much after the end of a stage, a message was still in time: the last one may be due at its end. */
const graceMs = 20

/** Accounts for one stage. Pure: all times are passed in, in ms since the start of the stage. */
export function createTally(options: TallyOptions): Tally {
  const { schedule, durationMs, slotMs, sends, answersEach, answersToAll, connections } = options
  const { atMs } = schedule
  const slots = Array.from({ length: Math.max(1, Math.ceil(durationMs / slotMs)) }, createLatencies)
  const lag = createLatencies()
  const answers = new Uint32Array(atMs.length)
  const lastIndex = new Int32Array(connections).fill(-1)
  const own = Array.from(atMs.keys()).filter(sends).length
  const counts: Counts = {
    offered: own,
    sentInTime: 0,
    expected: (answersToAll ? atMs.length : own) * answersEach,
    received: 0,
    errors: 0,
    doubled: 0,
    overtaken: 0,
  }
  let sentCount = 0

  return {
    counts,
    slots,
    lag,
    waiting: () => Math.max(0, sentCount * answersEach - counts.received),
    sent(index, nowMs) {
      sentCount += 1
      if (nowMs <= durationMs + graceMs) counts.sentInTime += 1
      lag.recordValue(microseconds(nowMs - atMs[index]!))
    },
    arrived(connection, index, nowMs, isError) {
      if (index < 0 || index >= atMs.length) return
      answers[index]! += 1
      if (answers[index]! > answersEach) {
        counts.doubled += 1
        return
      }
      counts.received += 1
      if (isError) counts.errors += 1
      if (index < lastIndex[connection]!) counts.overtaken += 1
      else lastIndex[connection] = index
      const slot = Math.min(slots.length - 1, Math.floor(atMs[index]! / slotMs))
      slots[slot]!.recordValue(microseconds(nowMs - atMs[index]!))
    },
    isComplete: () => counts.received >= counts.expected,
  }
}

/** A histogram starts at 1 us. */
const microseconds = (ms: number) => Math.max(1, Math.round(ms * 1_000))
