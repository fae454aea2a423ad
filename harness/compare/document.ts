import type { Capacity } from '../load/capacity.ts'
import type { Gate } from '../load/honesty.ts'
import type { Interval } from '../stats/wilson.ts'
import type { Role } from './comparison.ts'
import type { Hazard } from './hazards.ts'
import type { Judgement, Speed } from './verdict.ts'

/** `unknown`: the measurement itself cannot be believed, and there is no number. */
export type Verdict = Speed | 'unknown'

type Ratios = Pick<Judgement, 'logRatio' | 'ratio'>

/** One load of one arm, over the runs: the mean with its 95 % interval; null where the generator was too late for it to be believed. */
export interface CurvePoint {
  /** Of the slower arm's capacity. */
  share: number
  ratePerS: number
  p50: (Interval & { mean: number }) | null
  p99: (Interval & { mean: number }) | null
}

/** What offering more than the slower arm's capacity does; percentiles would only tell how long it went on. */
export interface Overload {
  ratePerS: number
  /** How fast messages piled up, per second. */
  backlogSlopePerS: number
  lost: number
  /** From the end of the overload until everything was answered; null when that never came. */
  recoveryMs: number | null
}

/** All that one comparison found: the page and the text are derived from it. */
export interface ComparisonDocument {
  schema: 'squall-comparison-1'
  comparison: string
  title: string
  arms: { first: string; second: string }
  verdict: Verdict
  /** The first line of the page. */
  sentence: string
  /** Why there is no verdict, or a weak one. */
  reason?: string
  metric: { name: string; percentile: number; load: number; ratePerS: number | null }
  margin: number
  /** Of the second arm to the first; null when the verdict is unknown. */
  interval: Ratios | null
  detectableEffect: number | null
  control: { verdict: Verdict; interval: Ratios | null }
  blocks: number
  pairs: { block: number; order: Role[]; firstMs: number | null; secondMs: number | null; controlMs: number | null }[]
  /** Null when the rate was given. */
  capacity: { first: Capacity; second: Capacity } | null
  curves: { first: CurvePoint[]; second: CurvePoint[] }
  /** The whole distribution of the measured stages; null where it ends. */
  percentiles: { first: PercentilePoint[]; second: PercentilePoint[] }
  overload: { first: Overload; second: Overload } | null
  hazards: Hazard[]
  gates: (Gate & { runs: string })[]
  generator: GeneratorStatement
  environment: Environment
  seed: number
  command: string
  notTested: readonly string[]
  /** The same arms with other kinds of work; descriptive, not adjusted for there being several. */
  others: readonly OtherWork[]
  tookMs: number
  /** Histograms of the measured stages in the format of HdrHistogram, compressed and in base64. */
  histograms: { first: string; second: string }
}

export interface PercentilePoint {
  share: number
  ms: number
}

/** Why the generator may be believed. */
export interface GeneratorStatement {
  isBelievable: boolean
  openLoop: true
  why: string
  messages: number
  runs: number
  repeatedRuns: number
  busyMost: number | null
  lagMs: { p50: number | null; p99: number | null }
}

export interface Environment {
  processors: number
  model: string
  kernel: string
  node: string
  /** Load average of the machine at the beginning and at the end. */
  load: [number, number]
  /** The share of the time in which something waited for a processor; null where the kernel does not say. */
  pressure: number | null
}

export interface OtherWork {
  work: string
  verdict: Verdict
  sentence: string
  interval: Ratios | null
  control: ComparisonDocument['control']
  capacity: ComparisonDocument['capacity']
}
