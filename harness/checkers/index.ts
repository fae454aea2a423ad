import type { HarnessApp } from '../app.ts'
import { apps } from '../apps/index.ts'
import type { Checker } from '../verdict/checker.ts'
import { accessAsStated } from './core/access-as-stated.ts'
import { atMostOnce } from './core/at-most-once.ts'
import { backgroundAccepted } from './core/background-accepted.ts'
import { backgroundAnswered } from './core/background-answered.ts'
import { backgroundDelivered } from './core/background-delivered.ts'
import { backgroundJoined } from './core/background-joined.ts'
import { clusterGetsWell } from './core/cluster-gets-well.ts'
import { conversationsAsModelled } from './core/conversations-as-modelled.ts'
import { expectations } from './core/expectations.ts'
import { faultOutlastsTimer } from './core/fault-outlasts-timer.ts'
import { faultsWitnessed } from './core/faults-witnessed.ts'
import { framesReadable } from './core/frames-readable.ts'
import { gaugesCountClients } from './core/gauges-count-clients.ts'
import { joinedTopics } from './core/joined-topics.ts'
import { liveFramesBounded } from './core/live-frames-bounded.ts'
import { manners } from './core/manners/index.ts'
import { messagesBetweenNodesBounded } from './core/messages-between-nodes-bounded.ts'
import { metricsAsDeclared } from './core/metrics-as-declared.ts'
import { noSecretOfAnother } from './core/no-secret-of-another.ts'
import { nodeInventoryAccounted } from './core/node-inventory-accounted.ts'
import { pushesHandledOnce } from './core/pushes-handled-once.ts'
import { reached } from './core/reached.ts'
import { recoveryTime } from './core/recovery-time.ts'
import { requestsAnswered } from './core/requests-answered.ts'
import { simulationEnds } from './core/simulation-ends.ts'
import { stoppedNodeIsEmpty } from './core/stopped-node-is-empty.ts'

const core: readonly Checker[] = [
  accessAsStated,
  atMostOnce,
  backgroundAccepted,
  backgroundAnswered,
  backgroundDelivered,
  backgroundJoined,
  clusterGetsWell,
  conversationsAsModelled,
  expectations,
  faultOutlastsTimer({}),
  faultsWitnessed,
  framesReadable,
  gaugesCountClients,
  joinedTopics,
  liveFramesBounded,
  messagesBetweenNodesBounded,
  metricsAsDeclared,
  ...manners,
  nodeInventoryAccounted,
  noSecretOfAnother,
  pushesHandledOnce,
  reached([]),
  recoveryTime(10_000),
  requestsAnswered,
  simulationEnds,
  stoppedNodeIsEmpty,
]

const ofApps = Object.values<HarnessApp>(apps).flatMap((app) => app.checkers ?? [])

const byName = (a: Checker, b: Checker) => (a.name < b.name ? -1 : 1)

/** Every checker by its name: the core's and those of all applications. */
export const checkers: Readonly<Record<string, Checker>> = Object.fromEntries(
  [...core, ...ofApps].sort(byName).map((checker) => [checker.name, checker]),
)
