import { backgroundAccepted } from '../checkers/core/background-accepted.ts'
import { backgroundAnswered } from '../checkers/core/background-answered.ts'
import { backgroundDelivered } from '../checkers/core/background-delivered.ts'
import { backgroundJoined } from '../checkers/core/background-joined.ts'
import { expectations } from '../checkers/core/expectations.ts'
import { faultOutlastsTimer } from '../checkers/core/fault-outlasts-timer.ts'
import { faultsWitnessed } from '../checkers/core/faults-witnessed.ts'
import { framesReadable } from '../checkers/core/frames-readable.ts'
import { gaugesCountClients } from '../checkers/core/gauges-count-clients.ts'
import { manners } from '../checkers/core/manners/index.ts'
import { messagesBetweenNodesBounded } from '../checkers/core/messages-between-nodes-bounded.ts'
import { metricsAsDeclared } from '../checkers/core/metrics-as-declared.ts'
import { noSecretOfAnother } from '../checkers/core/no-secret-of-another.ts'
import { nodeInventoryAccounted } from '../checkers/core/node-inventory-accounted.ts'
import { reached } from '../checkers/core/reached.ts'
import { requestsAnswered } from '../checkers/core/requests-answered.ts'
import type { History } from '../history/history.ts'
import type { Scenario } from '../scenario.ts'
import type { Checker } from '../verdict/checker.ts'
import type { NotJudged } from '../verdict/result.ts'

/** Everything that judges a scenario: what it says itself, and what every scenario has to stand. */
export const checkersOf = (scenario: Scenario): Checker[] => [...ownCheckers(scenario), ...everywhere]

const ownCheckers = ({ expectations: expected, sometimes, outlasts, checkers = [], alsoWith }: Scenario): Checker[] => [
  ...(expected.length > 0 ? [expectations] : []),
  faultsWitnessed,
  ...(sometimes ? [reached(sometimes)] : []),
  ...(outlasts ? [faultOutlastsTimer(outlasts)] : []),
  ...checkers,
  ...(alsoWith?.checkers ?? []),
]

const everywhere: readonly Checker[] = [
  metricsAsDeclared,
  gaugesCountClients,
  ...manners,
  framesReadable,
  backgroundDelivered,
  backgroundAnswered,
  backgroundAccepted,
  backgroundJoined,
  nodeInventoryAccounted,
  messagesBetweenNodesBounded,
  requestsAnswered,
  noSecretOfAnother,
]

interface Judges {
  checkers: Checker[]
  /** Of the others: why they cannot judge this system. */
  notJudged: NotJudged[]
}

/**
 * Those that this history has evidence for: nothing can be said of nodes that give no control, of traffic that was left out, or of an
 * application that the system does not have.
 */
export function checkersFor(scenario: Scenario, history: History): Judges {
  const judging: Judges = { checkers: [], notJudged: [] }
  const absent = absentApp(scenario, history)
  for (const checker of checkersOf(scenario)) {
    if (checker.needs?.(history) === false) continue
    const isOfAbsent = absent !== undefined && scenario.alsoWith!.checkers.includes(checker)
    const why = isOfAbsent ? `the system has no application ${absent}` : checker.lacks?.(history)
    if (why === undefined) judging.checkers.push(checker)
    else judging.notJudged.push({ name: checker.name, why })
  }
  return judging
}

/** The application that would have taken part, had the system got it. */
function absentApp({ alsoWith }: Scenario, history: History): string | undefined {
  const apps = history.of('read', 'applications')[0]?.value as readonly string[] | undefined
  return alsoWith && apps && !apps.includes(alsoWith.app) ? alsoWith.app : undefined
}
