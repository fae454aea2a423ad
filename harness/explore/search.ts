import { pickFrom, workloads } from '../apps/workloads.ts'
import type { Io } from '../cli/command.ts'
import type { FaultName } from '../faults/index.ts'
import { createPlan, describeFaults, kinds, type Plan, shapeOf } from '../plans/plan.ts'
import { seededRandom } from '../platform/random.ts'
import { findings, marks, type PlanRun, type PlanRunner } from './plan-runner.ts'

/** What a search has seen. */
export interface Found {
  scenarios: number
  /** With different actions or faults. */
  distinct: number
  unknown: number
  /** Kinds that were seen to hold. */
  faultKinds: FaultName[]
  /** Kinds that might have come and were not seen. */
  neverWitnessed: FaultName[]
  violated: PlanRun | undefined
}

/** A simulation tells hundreds of scenarios while one is told live, but it does not know all that can break. */
const scoutShare = 0.1
const scoutMostMs = 30_000

/**
 * Tells random scenarios until one violates a checker or the time is over (FI-18). Those that a simulation finds to break a checker come first, then
 * those with faults that were not seen yet.
 */
export async function search(seed: number, budgetMs: number, planRunner: PlanRunner, io: Io): Promise<Found> {
  const random = seededRandom(seed)
  const deadlineMs = io.clock.monotonicMs() + budgetMs
  const tally = createTally()
  const goesOn = () => !tally.found().violated && !io.interruption.by()
  const runBatch = async (batch: readonly Plan[]) => {
    for (const told of await planRunner.run(batch)) {
      tally.add(told)
      io.err([`${marks[told.result.outcome]} ${describeFaults(told.plan)}`, ...notes(told)].join('\n    ').concat('\n'))
    }
  }
  const scouted = await planRunner.scout(seed, Math.min(scoutMostMs, scoutShare * budgetMs))
  if (scouted.length > 0) io.err('in a simulation these scenarios break an invariant:\n')
  while (goesOn() && scouted.length > 0) await runBatch(scouted.splice(0, planRunner.jobs))
  while (goesOn() && io.clock.monotonicMs() < deadlineMs) {
    const { neverWitnessed } = tally.found()
    await runBatch(
      Array.from({ length: planRunner.jobs * 2 }, () =>
        createPlan(pickFrom(random, workloads), random, seed, neverWitnessed),
      ),
    )
  }
  return tally.found()
}

/** What the scenarios come to. */
function createTally() {
  const all = [...new Set(kinds.map(({ kind }) => kind))].sort()
  const witnessed = new Set<string>()
  const plans = new Set<string>()
  let [scenarios, unknown] = [0, 0]
  let violated: PlanRun | undefined
  return {
    add(told: PlanRun) {
      scenarios += 1
      plans.add(shapeOf(told.plan))
      for (const { kind, witnessedOnMs } of told.result.faults) if (witnessedOnMs !== null) witnessed.add(kind)
      if (told.result.outcome === 'unknown') unknown += 1
      if (told.result.outcome === 'violated') violated ??= told
    },
    found: (): Found => ({
      scenarios,
      distinct: plans.size,
      unknown,
      faultKinds: all.filter((kind) => witnessed.has(kind)),
      neverWitnessed: all.filter((kind) => !witnessed.has(kind)),
      violated,
    }),
  }
}

const notes = ({ result }: PlanRun) => (result.outcome === 'passed' ? [] : findings(result))
