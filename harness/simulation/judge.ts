import { workloadOf } from '../apps/workloads.ts'
import { conversationsAsModelled } from '../checkers/core/conversations-as-modelled.ts'
import { faultsWitnessed } from '../checkers/core/faults-witnessed.ts'
import { nodeInventoryAccounted } from '../checkers/core/node-inventory-accounted.ts'
import { toHistory } from '../history/history.ts'
import { type Checker, judge, worst } from '../verdict/checker.ts'
import type { CheckResult } from '../verdict/result.ts'
import type { Simulated } from './simulator.ts'

export interface Judged extends Simulated {
  outcome: 'passed' | 'unknown' | 'violated'
  checks: CheckResult[]
}

/** What has to hold whatever the workload. */
const everywhere: readonly Checker[] = [faultsWitnessed, nodeInventoryAccounted, conversationsAsModelled]

/** The checkers of live scenarios, on a history that was simulated (NF-3, NF-4). */
export function judgeSimulated(simulated: Simulated): Judged {
  const history = toHistory(simulated.events)
  const checks: CheckResult[] = [...everywhere, ...workloadOf(simulated.plan).checkers].map((checker) => ({
    name: checker.name,
    ...judge(checker, history),
  }))
  if (simulated.obstacle !== undefined)
    checks.push({ name: 'scenario-completed', outcome: 'unknown', why: simulated.obstacle, evidence: {} })
  return { ...simulated, outcome: worst(checks.map(({ outcome }) => outcome)), checks }
}
