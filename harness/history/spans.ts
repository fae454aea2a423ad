import { leadingCount } from './sorted.ts'

export interface Span {
  fromMs: number
  toMs: number
}

/** Returns the same times, sorted and without overlaps. */
export function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = []
  const real = spans.filter(({ fromMs, toMs }) => fromMs <= toMs)
  for (const { fromMs, toMs } of real.toSorted((one, other) => one.fromMs - other.fromMs)) {
    const last = result.at(-1)
    if (last && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs)
    else result.push({ fromMs, toMs })
  }
  return result
}

/** Returns whether one of these spans, which are sorted and disjoint, overlaps the interval. */
export function isWithin(spans: readonly Span[], fromMs: number, toMs: number): boolean {
  const last = spans[leadingCount(spans, (span) => span.fromMs <= toMs) - 1]
  return last !== undefined && last.toMs >= fromMs
}
