import type { StageResult } from '../../harness/load/generator.ts'
import { createLatencies } from '../../harness/load/latencies.ts'

interface StageOptions extends Partial<StageResult> {
  /** Every message takes so long, in ms. */
  latencyMs?: number
}

/** A stage in which everything went well, unless something else is said. */
export function stageOf({ latencyMs = 10, ...more }: StageOptions = {}): StageResult {
  const count = 1_000
  const latencies = createLatencies()
  const lag = createLatencies()
  latencies.recordValueWithCount(Math.round(1_000 * latencyMs), count)
  lag.recordValueWithCount(500, count)
  return {
    ...{ offered: count, sentInTime: count, expected: count, received: count, errors: 0, doubled: 0, overtaken: 0 },
    ...{ ratePerS: 1_000, durationMs: 3_000, slotMs: 1_000, slots: [], lost: 0, busy: 0.1, closed: 0 },
    ...{ latencies, lag, backlog: Array.from({ length: 30 }, () => 10) },
    ...more,
  }
}
