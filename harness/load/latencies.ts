import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js'

/** Counts latencies in us with 3 digits, up to 10 minutes. */
export const createLatencies = (): Histogram =>
  build({
    bitBucketSize: 32,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 600_000_000,
    numberOfSignificantValueDigits: 3,
  })

/** As text, in the format that HdrHistogram has in every language. */
export const encodedLatencies = (latencies: Histogram): string => encodeIntoCompressedBase64(latencies)

/** Adds up what `encodedLatencies` returned for each. */
export function mergedLatencies(encoded: readonly string[]): Histogram {
  const all = createLatencies()
  for (const one of encoded) all.add(decodeFromCompressedBase64(one))
  return all
}

/**
 * Returns the latency in ms that this share of all messages did not exceed; Infinity when too many never came back. Messages that were
 * lost rank as slower than all others, because leaving them out would make a server that loses messages look fast.
 */
export function quantileMs(latencies: Histogram, lostCount: number, share: number): number {
  const all = latencies.totalCount + lostCount
  if (all === 0) return Number.NaN
  const rank = share * all
  if (rank > latencies.totalCount) return Number.POSITIVE_INFINITY
  return latencies.getValueAtPercentile((100 * rank) / latencies.totalCount) / 1_000
}
