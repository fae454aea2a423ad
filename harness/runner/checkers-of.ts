import { expectations } from '../checkers/core/expectations.ts'
import { faultOutlastsTimer } from '../checkers/core/fault-outlasts-timer.ts'
import { faultsWitnessed } from '../checkers/core/faults-witnessed.ts'
import { hasSecretsOfOthers, noSecretOfAnother } from '../checkers/core/no-secret-of-another.ts'
import { reached } from '../checkers/core/reached.ts'
import type { History } from '../history/history.ts'
import type { Scenario } from '../scenario.ts'
import type { Checker } from '../verdict/checker.ts'

/** Everything that judges a scenario: what it says itself, and what every scenario has to stand. */
export const checkersOf = ({ expectations: expected, sometimes, outlasts, checkers = [] }: Scenario): Checker[] => [
  ...(expected.length > 0 ? [expectations] : []),
  faultsWitnessed,
  ...(sometimes ? [reached(sometimes)] : []),
  ...(outlasts ? [faultOutlastsTimer(outlasts)] : []),
  ...checkers,
]

/** What judges a run of the scenario: the same, and what needs no more than the evidence that the run happened to leave. */
export function checkersOfRun(scenario: Scenario, history: History): Checker[] {
  const own = checkersOf(scenario)
  const isDue = !own.includes(noSecretOfAnother) && hasSecretsOfOthers(history)
  return isDue ? [...own, noSecretOfAnother] : own
}
