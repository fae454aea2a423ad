import { backgroundAccepted } from '../checkers/core/background-accepted.ts'
import { backgroundAnswered } from '../checkers/core/background-answered.ts'
import { backgroundDelivered } from '../checkers/core/background-delivered.ts'
import { backgroundJoined } from '../checkers/core/background-joined.ts'
import { expectations } from '../checkers/core/expectations.ts'
import { faultOutlastsTimer } from '../checkers/core/fault-outlasts-timer.ts'
import { faultsWitnessed } from '../checkers/core/faults-witnessed.ts'
import { framesReadable } from '../checkers/core/frames-readable.ts'
import { manners } from '../checkers/core/manners/index.ts'
import { metricsAsDeclared } from '../checkers/core/metrics-as-declared.ts'
import { noSecretOfAnother } from '../checkers/core/no-secret-of-another.ts'
import { nodeInventoryAccounted } from '../checkers/core/node-inventory-accounted.ts'
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
  metricsAsDeclared,
  ...checkers,
  ...manners,
  framesReadable,
  backgroundDelivered,
  backgroundAnswered,
  backgroundAccepted,
  backgroundJoined,
  nodeInventoryAccounted,
  noSecretOfAnother,
]

/** Those of them that this history has evidence for: nothing can be said of nodes that give no control, or of traffic that was left out. */
export const checkersFor = (scenario: Scenario, history: History): Checker[] =>
  checkersOf(scenario).filter(({ needs }) => needs?.(history) ?? true)
