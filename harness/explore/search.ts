import { pickFrom, workloads } from '../apps/workloads.ts'
import type { FaultName } from '../faults/index.ts'
import { createPlan, describeFaults, kinds, type Plan, shapeOf } from '../plans/plan.ts'
import type { Io } from '../platform/io.ts'
import { seededRandom } from '../platform/random.ts'
import { findings, marks, type PlanRun, type PlanRunner } from './plan-runner.ts'

/** The result of a search. */
export interface Found {
  scenarios: number
  /** Plans that differ in actions or faults. */
  distinct: number
  unknown: number
  /** Kinds that were witnessed. */
  faultKinds: FaultName[]
  /** Kinds that can be drawn and were not witnessed. */
  neverWitnessed: FaultName[]
  violated: PlanRun | undefined
}

/** The simulator runs hundreds of plans while a cluster runs one, but it does not model everything that can break. */
const scoutShare = 0.1
const scoutMostMs = 30_000

/**
 * Runs random plans until one violates an invariant or the budget is spent (FI-18). Plans that fail in the simulator come first, then plans
 * with faults that were not witnessed yet.
 */
export async function search(seed: number, budgetMs: number, planRunner: PlanRunner, io: Io): Promise<Found> {
  const random = seededRandom(seed)
  const deadlineMs = io.clock.monotonicMs() + budgetMs
  const tally = createTally()
  const failures: unknown[] = []
  const goesOn = () => failures.length === 0 && !tally.found().violated && !io.interruption.by()
  const runOne = async (plan: Plan) => {
    for (const run of await planRunner.run([plan])) {
      tally.add(run)
      io.err([`${marks[run.result.outcome]} ${describeFaults(run.plan)}`, ...notes(run)].join('\n    ').concat('\n'))
    }
  }
  const scouted = await planRunner.scout(seed, Math.min(scoutMostMs, scoutShare * budgetMs))
  if (scouted.length > 0) io.err('plans that violate an invariant in the simulator:\n')
  const nextPlan = () =>
    scouted.shift() ?? createPlan(pickFrom(random, workloads), random, seed, tally.neverWitnessed())
  const isDue = () => scouted.length > 0 || io.clock.monotonicMs() < deadlineMs
  const runInTurn = async () => {
    while (goesOn() && isDue()) await runOne(nextPlan()).catch((error) => void failures.push(error))
  }
  // Whoever is done takes the next plan: one that lasts long keeps no processor idle.
  await Promise.all(Array.from({ length: planRunner.jobs }, runInTurn))
  // Not before the others have ended: they use what is closed after a failure.
  if (failures.length > 0) throw failures[0]
  return tally.found()
}

/** Sums up the runs. */
function createTally() {
  const all = [...new Set(kinds.map(({ kind }) => kind))].sort()
  const witnessed = new Set<string>()
  const plans = new Set<string>()
  let [scenarios, unknown] = [0, 0]
  let violated: PlanRun | undefined
  const neverWitnessed = () => all.filter((kind) => !witnessed.has(kind))
  return {
    neverWitnessed,
    add(run: PlanRun) {
      scenarios += 1
      plans.add(shapeOf(run.plan))
      for (const { kind, witnessedOnMs } of run.result.faults) if (witnessedOnMs !== null) witnessed.add(kind)
      if (run.result.outcome === 'unknown') unknown += 1
      if (run.result.outcome === 'violated') violated ??= run
    },
    found: (): Found => ({
      scenarios,
      distinct: plans.size,
      unknown,
      faultKinds: all.filter((kind) => witnessed.has(kind)),
      neverWitnessed: neverWitnessed(),
      violated,
    }),
  }
}

const notes = ({ result }: PlanRun) => (result.outcome === 'passed' ? [] : findings(result))
