/** What a night does, in the order that gives most early. */
export interface StagePlan {
  name: string
  title: string
  /** Of the time that is left when it begins, at most this share; what it does not use is for those after it. */
  shareMost: number
  /** Whether a night without all of it is incomplete; the others are samples, which end when their time is over. */
  mustFinish: boolean
}

export const stagePlans = [
  { name: 'acceptance', title: 'acceptance suite', shareMost: 0.5, mustFinish: true },
  { name: 'corpus', title: 'corpus of random plans', shareMost: 0.25, mustFinish: true },
  { name: 'selftest', title: 'self-test', shareMost: 0.25, mustFinish: false },
  { name: 'explore', title: 'random scenarios', shareMost: 0.25, mustFinish: false },
  { name: 'simulate', title: 'simulation', shareMost: 0.15, mustFinish: false },
  { name: 'lab', title: 'experiments', shareMost: 0.2, mustFinish: false },
  { name: 'compare', title: 'comparison', shareMost: 0.6, mustFinish: false },
  { name: 'mutate', title: 'mutants', shareMost: 0.22, mustFinish: false },
  { name: 'nightly', title: 'scenarios left to the night', shareMost: 0.3, mustFinish: false },
  { name: 'load', title: 'load', shareMost: 0.45, mustFinish: false },
  { name: 'bench', title: 'benchmarks', shareMost: 1, mustFinish: false },
] as const satisfies readonly StagePlan[]

export type StageName = (typeof stagePlans)[number]['name']

/** Below this a stage would start a cluster and end it. */
const usefulMs = 20_000

/** For healing and cleaning up after the last stage, and for the report. */
export const reserveMs = (budgetMs: number): number => Math.min(0.2 * budgetMs, Math.max(30_000, 0.05 * budgetMs))

/** Returns how long a stage may take; undefined when that is too short to be of use. Pure. */
export function stageBudgetMs({ shareMost }: Pick<StagePlan, 'shareMost'>, leftMs: number): number | undefined {
  const budgetMs = Math.floor(shareMost * leftMs)
  return budgetMs < usefulMs ? undefined : budgetMs
}

/** One of several machines that share a night. */
export interface Shard {
  number: number
  of: number
}

/** Returns every `of`-th element, from the one with the shard's number on. Pure. */
export const ofShard = <T>(list: readonly T[], shard: Shard | undefined): T[] =>
  shard ? list.filter((_, index) => index % shard.of === shard.number - 1) : [...list]
