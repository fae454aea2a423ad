import { type LineSeries, linesFigure } from './lines.ts'

export interface PercentileSeries {
  name: string
  /** `share` from 0 to below 1. */
  points: readonly { share: number; ms: number }[]
}

/** The axis of HdrHistogram plots: each nine is as wide as the one before. */
const nines = (share: number) => -Math.log10(1 - share)
const shares = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999]

/** Returns whole distributions of latencies, with the tail drawn as wide as the rest. Pure. */
export function percentileFigure(caption: string, series: readonly PercentileSeries[]): string {
  const most = Math.max(0, ...series.flatMap(({ points }) => points.map(({ share }) => share)))
  const ticks = shares
    .filter((share) => share <= most)
    .map((share) => ({ at: nines(share), text: `p${Number((100 * share).toPrecision(7))}` }))
  const lines: LineSeries[] = series.map(({ name, points }) => ({
    name,
    points: points.map(({ share, ms }) => ({ x: nines(share), y: ms })),
  }))
  return linesFigure({
    caption,
    x: { label: 'percentile', ticks },
    y: { label: 'latency, ms', isLog: true },
    series: lines,
  })
}
