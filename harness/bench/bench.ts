import type { Figure } from '../stats/figures.ts'

/** A measured number, with its spread over the slices or rounds. */
export interface Reading extends Figure {
  what: string
  unit: string
}

/** A reading with a requirement: `goal` is the target; the benchmark fails when the reading is worse than `gate`. */
export interface Demand extends Reading {
  goal: number
  gate: number
  /** Whether lower is better. */
  atMost?: boolean
  /** Why no value could be measured. */
  unmeasured?: string
}

export interface BenchResult {
  name: string
  readings: Reading[]
  demands: Demand[]
}

export interface BenchOptions {
  rounds: number
  say(sentence: string): void
  /** Throws after Ctrl-C; called between two slices. */
  goOn(): void
}

export interface Bench {
  summary: string
  /** Starts the whole shop, which needs its built pages and all CPUs. */
  isWholeShop?: true
  /** Measures no server and reserves no CPU for one. */
  usesAllProcessors?: true
  run(options: BenchOptions): Promise<Omit<BenchResult, 'name'>>
}

export type Grade = 'goal' | 'gate' | 'below' | 'unmeasured'

export function gradeOf({ median, goal, gate, atMost = false, unmeasured }: Demand): Grade {
  if (unmeasured !== undefined) return 'unmeasured'
  const reaches = (bound: number) => (atMost ? median <= bound : median >= bound)
  if (reaches(goal)) return 'goal'
  return reaches(gate) ? 'gate' : 'below'
}
