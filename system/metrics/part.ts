import type { Metrics } from './metrics.ts'
import { type Sources, startSamples } from './samples.ts'
import { connectStatsD, type StatsDOptions } from './statsd.ts'

export type MetricsPartOptions = StatsDOptions

export interface MetricsPart {
  /** Usable from the first moment of the node (PM-7). */
  readonly metrics: Metrics
  /** Begins to sample, once the parts exist that are sampled. */
  start(sources: Sources): void
  stop(): Promise<void>
}

/** The measurements of one node: made before everything else, stopped after everything else. */
export function createMetricsPart(options: MetricsPartOptions): MetricsPart {
  const { metrics, close } = connectStatsD(options)
  let stopSampling = () => {}
  return {
    metrics,
    start(sources) {
      if (!options.host) return
      stopSampling()
      stopSampling = startSamples(metrics, sources, options.clock)
    },
    async stop() {
      stopSampling()
      await close()
    },
  }
}
