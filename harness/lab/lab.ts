import type { Browser } from 'playwright'
import type { ClusterNode } from '../cluster/node.ts'
import type { Metric } from '../cluster/statsd/metric.ts'
import type { Clock } from '../platform/clock.ts'
import type { UntilOptions } from '../platform/until.ts'
import type { ChartSpec } from './chart-spec.ts'

/** What a measurement says about one prediction. */
export interface Finding {
  outcome: 'held' | 'contradicted' | 'unknown'
  /** What was measured, in words and numbers. */
  saw: string
  /** Why nothing can be said. */
  why?: string
}

/** One sentence that a run can contradict, written before it. */
export interface Prediction<M> {
  says: string
  /** The figure in the text that the experiment comes from. */
  inText?: string
  /** Pure. */
  judge(measured: M): Finding
}

/** A number that is printed and not judged. */
export interface LabFigure {
  what: string
  value: string
}

/** An experiment whose result has a shape that can be predicted (MR-26): written as data, so that it is printed before it is run. */
export interface Lab<M> {
  /** `workshop/queue`. */
  name: string
  title: string
  /** What is smaller or shorter here than in the text, and why. */
  scaled: string
  predictions: readonly Prediction<M>[]
  /** It only calculates: nothing is started for it. */
  withoutCluster?: true
  run(tools: LabTools): Promise<M>
  /** Printed with the findings. Pure. */
  figures(measured: M): readonly LabFigure[]
  /** Drawn on its page. Pure. */
  charts(measured: M): readonly ChartSpec[]
}

/** What a lab works with. */
export interface LabTools {
  clock: Clock
  /** Starts a node with these environment variables and waits until it is ready; it is ended with the lab at the latest. */
  node(env: Readonly<Record<string, string>>): Promise<ClusterNode>
  /** A browser that ends with the lab. Rejects with EnvironmentMissing where there is none. */
  browser(): Promise<Browser>
  /** Everything that the nodes have measured so far (PM-4). */
  metrics(): readonly Metric[]
  say(sentence: string): void
  /** Throws after Ctrl-C. */
  goOn(): void
  /** Waits until the answer is truthy. Rejects when that takes too long, and at once after Ctrl-C. */
  until(ask: () => unknown, options: Pick<UntilOptions, 'what' | 'withinMs' | 'everyMs'>): Promise<void>
}

// biome-ignore lint/suspicious/noExplicitAny: labs of any measurement are held together, and only their own functions look at it
export type AnyLab = Lab<any>

/** Infers what a lab measures. */
export const defineLab = <M>(lab: Lab<M>): Lab<M> => lab

export type LabVerdict = 'as predicted' | 'contradicted' | 'unknown'

export interface JudgedPrediction extends Finding {
  says: string
  inText?: string
}

export interface LabResult {
  name: string
  title: string
  scaled: string
  verdict: LabVerdict
  findings: readonly JudgedPrediction[]
  figures: readonly LabFigure[]
  /** Why the lab could not be run. */
  unmeasured?: string
}

/** Judges a measurement against all that was predicted. Pure. */
export function judgeLab<M>({ name, title, scaled, predictions, figures }: Lab<M>, measured: M): LabResult {
  const findings = predictions.map(({ says, inText, judge }) => ({
    says,
    ...(inText !== undefined && { inText }),
    ...judge(measured),
  }))
  return { name, title, scaled, verdict: verdictOf(findings), findings, figures: figures(measured) }
}

/** The result of a lab that could not be run: nothing is known. Pure. */
export const unmeasured = ({ name, title, scaled, predictions }: AnyLab, why: string): LabResult => ({
  name,
  title,
  scaled,
  verdict: 'unknown',
  findings: predictions.map(({ says }) => ({ says, outcome: 'unknown', saw: 'nothing was measured', why })),
  figures: [],
  unmeasured: why,
})

/** A contradiction outranks what is unknown, and nothing predicted is nothing found out. Pure. */
export function verdictOf(findings: readonly Pick<Finding, 'outcome'>[]): LabVerdict {
  if (findings.some(({ outcome }) => outcome === 'contradicted')) return 'contradicted'
  if (findings.length === 0 || findings.some(({ outcome }) => outcome === 'unknown')) return 'unknown'
  return 'as predicted'
}
