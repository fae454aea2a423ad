import type { Figure } from '../stats/figures.ts'

/** A number that was measured, with its spread over the slices or rounds. */
export interface Reading extends Figure {
  what: string
  unit: string
}

/** A reading that has to be good enough: `goal` is what is wanted, below `gate` the benchmark fails. */
export interface Demand extends Reading {
  goal: number
  gate: number
  /** Whether less is better. */
  atMost?: boolean
  /** Nothing can be said: why. */
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
  /** Throws when somebody pressed Ctrl-C; called between two slices. */
  goOn(): void
}

export interface Bench {
  summary: string
  /** Starts the whole shop, which needs its pages and all processors. */
  isWholeShop?: true
  /** Measures no server, and leaves no processor free for one. */
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
