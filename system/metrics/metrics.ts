import type { Clock } from '../platform/clock.ts'

/** More dimensions of a measurement, such as `{ status: 'success' }` (PM-2). */
export type Tags = Readonly<Record<string, string>>

/** What the parts of the system measure with (PM-7). Nothing of it waits, throws or fails, whoever listens (PM-4, NF-19). */
export interface Metrics {
  /** Counts occurrences. */
  increment(name: string, by?: number, tags?: Tags): void
  /** A value at a moment. */
  gauge(name: string, value: number, tags?: Tags): void
  /** A distribution of values. */
  histogram(name: string, value: number, tags?: Tags): void
  /** A duration in ms. */
  timing(name: string, durationMs: number, tags?: Tags): void
  /** Runs `work` and reports how long it took, whether it succeeds or throws. Returns what it returns. */
  measure<T>(name: string, work: () => T, tags?: Tags): T
}

export type Sink = Omit<Metrics, 'measure'>

/** Adds `measure` to what can send: transparent to values, promises and errors. */
export function withMeasure(sink: Sink, clock: Pick<Clock, 'monotonicMs'>): Metrics {
  function measure<T>(name: string, work: () => T, tags?: Tags): T {
    const startMs = clock.monotonicMs()
    const report = () => sink.timing(name, Math.round(clock.monotonicMs() - startMs), tags)
    let result: T
    try {
      result = work()
    } catch (error) {
      report()
      throw error
    }
    // Observed apart, so that the caller gets the very promise that `work` returned.
    if (result instanceof Promise) result.then(report, report)
    else report()
    return result
  }
  return { ...sink, measure }
}

/** Measures nothing; for nodes without a daemon, and for tests that do not look. */
export const noMetrics: Metrics = {
  increment() {},
  gauge() {},
  histogram() {},
  timing() {},
  measure: (_name, work) => work(),
}
