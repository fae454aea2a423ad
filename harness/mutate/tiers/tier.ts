import type { Mutant } from '../mutant.ts'

/**
 * What one tier says of a mutant. `caught`: it was violated by the mutant. `missed`: it executed the mutant and said nothing. `unknown`: it
 * could not say. `skipped`: the mutant is nothing that it could see.
 */
export interface TierResult {
  outcome: 'caught' | 'missed' | 'unknown' | 'skipped'
  /** The checker, or the test, that raised the alarm. */
  by?: string
  /** The scenario, or the file of the test. */
  where?: string
  /** The words of the alarm, or why there was none. */
  why: string
  seconds: number
  /** The scenarios that executed the place and saw nothing. */
  sawNothing?: readonly string[]
  /** Scenarios that execute the place too and were not asked. */
  notAsked?: readonly string[]
}

/** Something that may notice a mutant. */
export interface Tier {
  name: TierName
  judge(mutant: Mutant): Promise<TierResult>
  /** What raises the same alarm without a mutant, in a sentence; undefined when nothing does. */
  falseAlarm?(caught: TierResult): Promise<string | undefined>
  close(): Promise<void>
}

export const tierNames = ['conversations', 'simulation', 'scenarios', 'tests'] as const
export type TierName = (typeof tierNames)[number]

/** Without the tests of the project, so that the score is one of the harness. */
export const usualTiers: readonly TierName[] = ['conversations', 'simulation', 'scenarios']
