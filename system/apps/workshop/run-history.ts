import type { Clock } from '../../platform/clock.ts'
import type { ProcessUsage } from '../../platform/usage.ts'
import type { Counts } from './counts.ts'

/** The workshop at one moment; `atMs` counts from the beginning of the run. */
export interface Sample extends Counts, ProcessUsage {
  atMs: number
  actors: number
}

/** One event of the pipeline: how many waited when it came, itself included, and how long it took until it was processed. */
export interface TimedEvent {
  depth: number
  latencyMs: number
}

export interface Run {
  samples: readonly Sample[]
  events: readonly TimedEvent[]
  /** The most that were inside MockResource at any moment, between two samples too. */
  insideMax: number
}

interface RunHistoryOptions {
  clock: Pick<Clock, 'monotonicMs' | 'after'>
  look(): Omit<Sample, 'atMs'>
  /** Whether anything is going on. */
  isBusy(): boolean
}

export const sampleEveryMs = 50
const samplesMax = 1_000
export const eventsMax = 5_000
/** After this time without work the run is over, and the next work begins a new one. */
export const quietMs = 1_000

/** The history of one run: samples while there is work, and nothing at all, not even a timer, while there is none (MR-17). */
export function createRunHistory({ clock, look, isBusy }: RunHistoryOptions) {
  let samples: Sample[] = []
  let events: TimedEvent[] = []
  let insideMax = 0
  let startedMs = 0
  let busyMs = Number.NEGATIVE_INFINITY
  let everyMs = sampleEveryMs
  let cancel: (() => void) | undefined

  function begin() {
    samples = []
    events = []
    insideMax = 0
    everyMs = sampleEveryMs
    startedMs = clock.monotonicMs()
  }

  function sample() {
    const nowMs = clock.monotonicMs()
    if (isBusy()) busyMs = nowMs
    samples.push({ atMs: Math.round(nowMs - startedMs), ...look() })
    if (samples.length >= samplesMax) thin()
    cancel = isBusy() || nowMs - busyMs < quietMs ? clock.after(everyMs, sample) : undefined
  }

  /** A long run is kept whole, at half the resolution. */
  function thin() {
    samples = samples.filter((_, index) => index % 2 === 0)
    everyMs *= 2
  }

  return {
    /** Something begins, or has changed. */
    noteWork(inside: number) {
      if (!cancel) {
        begin()
        busyMs = clock.monotonicMs()
        sample()
      }
      insideMax = Math.max(insideMax, inside)
    },
    noteEvent(event: TimedEvent) {
      if (events.length < eventsMax) events.push(event)
    },
    run: (): Run => ({ samples, events, insideMax }),
    /** Forgets the run; what goes on now belongs to a new one. */
    clear() {
      cancel?.()
      begin()
      busyMs = startedMs
      sample()
    },
    stop() {
      cancel?.()
      cancel = undefined
    },
  }
}
