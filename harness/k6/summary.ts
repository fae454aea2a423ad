import { z } from 'zod'

/**
 * The summary that k6 exports: numbers by metric, and whether each threshold was crossed. k6 before 2 writes `true` for a crossed one; later
 * ones write whether it is `ok`.
 */
const threshold = z.union([z.boolean(), z.object({ ok: z.boolean() })])
const shape = z.object({
  metrics: z.record(z.string(), z.looseObject({ thresholds: z.record(z.string(), threshold).optional() })),
})

/** One requirement of a script, such as `p(95)<500` on `http_req_duration`. */
export interface Threshold {
  metric: string
  requirement: string
  isKept: boolean
  /** What the requirement is about, such as the p(95); undefined when k6 did not measure it. */
  measured: number | undefined
}

/** Numbers of a metric that k6 measured, such as `{"p(95)": 12.5}`. */
export type Measured = Record<string, Record<string, number>>

export interface Summary {
  thresholds: Threshold[]
  metrics: Measured
}

export class BadSummary extends Error {
  override name = 'BadSummary'
}

/** Returns what stands in an exported summary. Throws BadSummary when it is none. */
export function readSummary(text: string): Summary {
  const parsed = shape.safeParse(jsonOf(text))
  if (!parsed.success) throw new BadSummary('the summary of k6 has no metrics; expected the file of --summary-export')
  const entries = Object.entries(parsed.data.metrics)
  const metrics = Object.fromEntries(entries.map(([name, metric]) => [name, numbersIn(metric)]))
  const thresholds = entries.flatMap(([metric, { thresholds = {} }]) =>
    Object.entries(thresholds).map(([requirement, end]) => ({
      metric,
      requirement,
      isKept: typeof end === 'boolean' ? !end : end.ok,
      measured: measuredFor(requirement, metrics[metric]!),
    })),
  )
  return { thresholds, metrics }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const numbersIn = (metric: Record<string, unknown>): Record<string, number> =>
  Object.fromEntries(Object.entries(metric).filter((entry): entry is [string, number] => typeof entry[1] === 'number'))

/** A rate is exported as `value`. */
function measuredFor(requirement: string, numbers: Record<string, number>): number | undefined {
  const [of = ''] = /^[^<>=!]+/.exec(requirement) ?? []
  return numbers[of.trim()] ?? (of.trim() === 'rate' ? numbers.value : undefined)
}

const number = (value: number) => (Number.isInteger(value) ? String(value) : value.toPrecision(4))

/** Returns one sentence for a threshold. */
export function sentenceOf({ metric, requirement, isKept, measured }: Threshold): string {
  const was = measured === undefined ? 'was not measured' : `was ${number(measured)}`
  return `${isKept ? '✓' : '✗'} ${metric} ${requirement}: ${was}`
}
