import { worst } from '../verdict/checker.ts'
import type { CheckResult, Outcome } from '../verdict/result.ts'

/** The outcome of a scenario with these checks. */
export const outcomeOf = (checks: readonly CheckResult[]): Outcome => worst(checks.map(({ outcome }) => outcome))
