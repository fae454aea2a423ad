/** How much is measured, decided before the first run. */
export interface Plan {
  seed: number
  blocks: number
  /** The smallest relative difference that matters. */
  margin: number
  /** The percentile of the latency that the verdict is about, as a share. */
  metric: number
  /** The load at which it is measured, as a share of the slower arm's capacity. */
  load: number
  measureMs: number
  /** The rate at which it is measured, in place of a search for the capacity. */
  ratePerS?: number
  /** Loads of the curve, as shares of the slower arm's capacity. */
  sweep: readonly number[]
  sweepMs: number
  warmUpLeastMs: number
  warmUpMostMs: number
  /** Length of one stage of the search for the capacity. */
  stepMs: number
  overloadMs: number
  /** How often a run is repeated whose generator was late or that did not become steady. */
  repeatsMost: number
  /** No block is begun that would not be over by then; without it, all are. Decided by the time alone, never by what was measured. */
  budgetMs?: number
  /** Measures neither overload nor hazards. */
  isBrief?: boolean
}

/** With fewer blocks whose runs all count, there is no verdict. */
export const blocksNeeded = ({ blocks }: Pick<Plan, 'blocks'>): number => Math.max(3, Math.ceil(0.6 * blocks))

const margins: Readonly<Record<number, number>> = { 0.5: 0.05, 0.9: 0.1, 0.99: 0.1 }

/** Percentiles that can be judged, by the name that people give them. */
export const metrics: Readonly<Record<string, number>> = { p50: 0.5, p90: 0.9, p99: 0.99 }

/** The smallest difference that matters by default: percentiles far out vary more from run to run. */
const marginOf = (metric: number): number => margins[metric] ?? 0.1

export const fullPlan: Omit<Plan, 'seed' | 'margin'> = {
  blocks: 8,
  metric: 0.5,
  load: 0.6,
  measureMs: 20_000,
  sweep: [0.2, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95],
  sweepMs: 6_000,
  warmUpLeastMs: 20_000,
  warmUpMostMs: 120_000,
  stepMs: 3_000,
  overloadMs: 6_000,
  repeatsMost: 8,
}

export const quickPlan: Omit<Plan, 'seed' | 'margin'> = {
  blocks: 5,
  metric: 0.5,
  load: 0.6,
  measureMs: 4_000,
  sweep: [0.2, 0.6, 0.8, 0.95],
  sweepMs: 1_000,
  warmUpLeastMs: 3_000,
  warmUpMostMs: 12_000,
  stepMs: 1_000,
  overloadMs: 2_000,
  repeatsMost: 4,
  budgetMs: 480_000,
}

/** The same with another length of the measured stage; the other stages keep their relation to it. */
export function scaled<P extends Omit<Plan, 'seed' | 'margin'>>(plan: P, measureS: number): P {
  const factor = (measureS * 1_000) / plan.measureMs
  const of = (ms: number, leastMs: number) => Math.max(leastMs, Math.round(ms * factor))
  return {
    ...plan,
    measureMs: measureS * 1_000,
    sweepMs: of(plan.sweepMs, 500),
    stepMs: of(plan.stepMs, 600),
    overloadMs: of(plan.overloadMs, 1_000),
    warmUpLeastMs: of(plan.warmUpLeastMs, 3_000),
    warmUpMostMs: of(plan.warmUpMostMs, 9_000),
  }
}

/** What somebody has asked for; everything else is as the size says. */
export interface PlanOptions {
  quick?: boolean
  seed: number
  blocks?: number
  /** Length of the measured stage. */
  seconds?: number
  rate?: number
  metric?: number
  /** In per cent. */
  margin?: number
  /** In ms. */
  budget?: number
}

export function planOf({ quick, seed, blocks, seconds, rate, metric, margin, budget }: PlanOptions): Plan {
  const base = quick ? quickPlan : fullPlan
  const sized = seconds === undefined ? base : scaled(base, seconds)
  const judged = metric ?? sized.metric
  return {
    ...sized,
    seed,
    metric: judged,
    margin: margin === undefined ? marginOf(judged) : margin / 100,
    ...(blocks !== undefined && { blocks }),
    ...(rate !== undefined && { ratePerS: rate }),
    ...(budget !== undefined && { budgetMs: budget }),
  }
}
