import { type LinearFit, linearFit } from '../../stats/linear-fit.ts'
import type { Series } from '../chart-spec.ts'
import type { LoadRun } from '../workshop-node.ts'

/** How the backlog falls once all requests are answered, in events per ms; the slope is negative. Pure. */
export function fallOf({ run: { samples }, tookMs }: LoadRun): LinearFit {
  const falling = samples.filter(({ atMs, unprocessed }) => atMs > tookMs && unprocessed > 0)
  return linearFit(falling.map(({ atMs, unprocessed }) => [atMs, unprocessed]))
}

export const backlogMax = ({ run: { samples } }: LoadRun): number =>
  Math.max(0, ...samples.map(({ unprocessed }) => unprocessed))

/** Until the last event was processed, from the first request. */
export const wholeMs = ({ tookMs, drainMs }: LoadRun): number => tookMs + drainMs

export const meanLatencyMs = ({ run: { events } }: LoadRun): number =>
  events.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / events.length

export const backlogSeries = (name: string, { run: { samples } }: LoadRun): Series => ({
  name,
  points: samples.map(({ atMs, unprocessed }) => [atMs / 1_000, unprocessed] as const),
})
