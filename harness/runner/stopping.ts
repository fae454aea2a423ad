import type { EnvironmentMissing, UsageError } from '../platform/errors.ts'
import type { StopSignal } from '../platform/interruption.ts'

interface Limits {
  interruptedBy(): StopSignal | undefined
  /** Default: none. */
  budgetMs?: number
  elapsedMs(): number
}

export type Stopping = ReturnType<typeof createStopping>

/** Why a run ends before its last scenario: a signal, its budget, something that is missing, or because it has seen enough. */
export function createStopping({ interruptedBy, budgetMs, elapsedMs }: Limits) {
  let seenEnough = false
  let lacking: EnvironmentMissing | UsageError | undefined
  const isOverBudget = () => budgetMs !== undefined && elapsedMs() > budgetMs
  return {
    interruptedBy,
    isOverBudget,
    /** What is missing, once a scenario has found that. */
    lacking: () => lacking,
    lack(error: EnvironmentMissing | UsageError | undefined) {
      lacking ??= error
    },
    seeEnough() {
      seenEnough = true
    },
    /** Undefined: the run goes on. */
    because(): string | undefined {
      if (interruptedBy() !== undefined) return 'interrupted'
      if (isOverBudget()) return `the budget of ${Math.round(budgetMs! / 1_000)} s is used up`
      if (lacking) return lacking.message
      return seenEnough ? 'the run has seen enough' : undefined
    },
  }
}
