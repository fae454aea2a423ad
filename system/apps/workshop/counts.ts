/** What the panels show: numbers since the node started, but `inside` and `unprocessed`, which are of this moment. */
export interface Counts {
  inside: number
  refused: number
  /** Events that were enqueued and neither processed, dropped nor lost: those that a consumer holds are among them (MR-17). */
  unprocessed: number
  processed: number
  /** Refused by the resource, or its use failed. */
  dropped: number
  /** In the memory of a stage that ended. */
  lost: number
}

/** Latencies of the processed events, in ms. */
export interface Latency {
  last: number
  mean: number
  max: number
}

export type Tally = ReturnType<typeof createTally>

/** Counts the events of the pipeline. When it restarts, all events in it are lost, so one that still ends afterwards is not counted. */
export function createTally() {
  const total = { enqueued: 0, processed: 0, dropped: 0, lost: 0 }
  let generation = 0
  let latency: Latency = { last: 0, mean: 0, max: 0 }
  const unprocessed = () => total.enqueued - total.processed - total.dropped - total.lost

  return {
    unprocessed,
    counts: () => ({
      unprocessed: unprocessed(),
      processed: total.processed,
      dropped: total.dropped,
      lost: total.lost,
    }),
    latency: () => latency,
    generation: () => generation,
    /** A pipeline begins with empty stages: the events in the one before it are lost. */
    pipelineStarted() {
      generation += 1
      total.lost += unprocessed()
    },
    enqueued() {
      total.enqueued += 1
    },
    dropped() {
      total.dropped += 1
    },
    processed(latencyMs: number) {
      total.processed += 1
      const mean = latency.mean + (latencyMs - latency.mean) / total.processed
      latency = { last: latencyMs, mean, max: Math.max(latency.max, latencyMs) }
    },
  }
}
