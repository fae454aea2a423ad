import { expectations } from '../checkers/core/expectations.ts'
import { faultOutlastsTimer } from '../checkers/core/fault-outlasts-timer.ts'
import { faultsWitnessed } from '../checkers/core/faults-witnessed.ts'
import { manners } from '../checkers/core/manners/index.ts'
import { metricsAsDeclared } from '../checkers/core/metrics-as-declared.ts'
import { reached } from '../checkers/core/reached.ts'
import type { Scenario } from '../scenario.ts'
import type { Checker } from '../verdict/checker.ts'

/** Everything that judges a scenario: what it says itself, and what every scenario has to stand. */
export const checkersOf = ({ expectations: expected, sometimes, outlasts, checkers = [] }: Scenario): Checker[] => [
  ...(expected.length > 0 ? [expectations] : []),
  faultsWitnessed,
  ...(sometimes ? [reached(sometimes)] : []),
  ...(outlasts ? [faultOutlastsTimer(outlasts)] : []),
  metricsAsDeclared,
  ...checkers,
  ...manners,
]
