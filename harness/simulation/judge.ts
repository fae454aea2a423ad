import { workloadOf } from '../apps/workloads.ts'
import { clusterGetsWell } from '../checkers/core/cluster-gets-well.ts'
import { conversationsAsModelled } from '../checkers/core/conversations-as-modelled.ts'
import { faultsWitnessed } from '../checkers/core/faults-witnessed.ts'
import { messagesBetweenNodesBounded } from '../checkers/core/messages-between-nodes-bounded.ts'
import { nodeInventoryAccounted } from '../checkers/core/node-inventory-accounted.ts'
import { simulationEnds } from '../checkers/core/simulation-ends.ts'
import { stoppedNodeIsEmpty } from '../checkers/core/stopped-node-is-empty.ts'
import { toHistory } from '../history/history.ts'
import { type Checker, judge, worst } from '../verdict/checker.ts'
import { type CheckResult, notCompleted } from '../verdict/result.ts'
import type { Simulated } from './simulator.ts'

export interface Judged extends Simulated {
  outcome: 'passed' | 'unknown' | 'violated'
  checks: CheckResult[]
}

/** What has to hold whatever the workload. */
const everywhere: readonly Checker[] = [
  simulationEnds,
  clusterGetsWell,
  faultsWitnessed,
  messagesBetweenNodesBounded,
  nodeInventoryAccounted,
  conversationsAsModelled,
]

/** The checkers of live scenarios, on a history that was simulated (NF-3, NF-4). */
export function judgeSimulated(simulated: Simulated): Judged {
  const history = toHistory(simulated.events)
  const whereNeeded = stoppedNodeIsEmpty.needs!(history) ? [stoppedNodeIsEmpty] : []
  const checkers = [...everywhere, ...whereNeeded, ...workloadOf(simulated.plan).checkers]
  const checks: CheckResult[] = checkers.map((checker) => ({
    name: checker.name,
    ...judge(checker, history),
  }))
  if (simulated.obstacle !== undefined) checks.push(notCompleted(simulated.obstacle))
  return { ...simulated, outcome: worst(checks.map(({ outcome }) => outcome)), checks }
}
