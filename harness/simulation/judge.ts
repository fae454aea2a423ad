import { workloadOf } from '../apps/workloads.ts'
import { faultsWitnessed } from '../checkers/core/faults-witnessed.ts'
import { toHistory } from '../history/history.ts'
import { judge, worst } from '../verdict/checker.ts'
import type { CheckResult } from '../verdict/result.ts'
import type { Simulated } from './simulator.ts'

export interface Judged extends Simulated {
  outcome: 'passed' | 'unknown' | 'violated'
  checks: CheckResult[]
}

/** The checkers of live scenarios, on a history that was simulated (NF-3, NF-4). */
export function judgeSimulated(simulated: Simulated): Judged {
  const history = toHistory(simulated.events)
  const checks: CheckResult[] = [faultsWitnessed, ...workloadOf(simulated.plan).checkers].map((checker) => ({
    name: checker.name,
    ...judge(checker, history),
  }))
  if (simulated.obstacle !== undefined)
    checks.push({ name: 'scenario-completed', outcome: 'unknown', why: simulated.obstacle, evidence: {} })
  return { ...simulated, outcome: worst(checks.map(({ outcome }) => outcome)), checks }
}
