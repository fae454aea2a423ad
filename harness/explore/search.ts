import type { Io } from '../cli/command.ts'
import type { FaultName } from '../faults/index.ts'
import { createPlan, inWords, kinds, type Plan, shapeOf } from '../plans/plan.ts'
import { seededRandom } from '../platform/random.ts'
import { findings, marks, type Teller, type Told } from './plan-runner.ts'

/** What a search has seen. */
export interface Found {
  stories: number
  /** With different deeds or faults. */
  distinct: number
  unknown: number
  /** Kinds that were seen to hold. */
  faultKinds: FaultName[]
  /** Kinds that might have come and were not seen. */
  neverWitnessed: FaultName[]
  violated: Told | undefined
}

/** A simulation tells hundreds of stories while one is told live, but it does not know all that can break. */
const scoutShare = 0.1
const scoutMostMs = 30_000

/**
 * Tells random stories until one violates a law or the time is over (FI-18). Those that a simulation finds to break a law come first, then
 * those with faults that were not seen yet.
 */
export async function search(seed: number, budgetMs: number, teller: Teller, io: Io): Promise<Found> {
  const random = seededRandom(seed)
  const deadlineMs = io.clock.monotonicMs() + budgetMs
  const tally = createTally()
  const goesOn = () => !tally.found().violated && !io.interruption.by()
  const tellAll = async (batch: readonly Plan[]) => {
    for (const told of await teller.tell(batch)) {
      tally.add(told)
      io.err([`${marks[told.result.outcome]} ${inWords(told.plan)}`, ...notes(told)].join('\n    ').concat('\n'))
    }
  }
  const scouted = await teller.scout(seed, Math.min(scoutMostMs, scoutShare * budgetMs))
  if (scouted.length > 0) io.err('in a simulation these stories break a law:\n')
  while (goesOn() && scouted.length > 0) await tellAll(scouted.splice(0, teller.jobs))
  while (goesOn() && io.clock.monotonicMs() < deadlineMs) {
    const { neverWitnessed } = tally.found()
    await tellAll(Array.from({ length: teller.jobs * 2 }, () => createPlan(random, seed, neverWitnessed)))
  }
  return tally.found()
}

/** What the stories come to. */
function createTally() {
  const all = [...new Set(kinds.map(({ kind }) => kind))].sort()
  const witnessed = new Set<string>()
  const plans = new Set<string>()
  let [stories, unknown] = [0, 0]
  let violated: Told | undefined
  return {
    add(told: Told) {
      stories += 1
      plans.add(shapeOf(told.plan))
      for (const { kind, witnessedOnMs } of told.result.faults) if (witnessedOnMs !== null) witnessed.add(kind)
      if (told.result.outcome === 'unknown') unknown += 1
      if (told.result.outcome === 'violated') violated ??= told
    },
    found: (): Found => ({
      stories,
      distinct: plans.size,
      unknown,
      faultKinds: all.filter((kind) => witnessed.has(kind)),
      neverWitnessed: all.filter((kind) => !witnessed.has(kind)),
      violated,
    }),
  }
}

const notes = ({ result }: Told) => (result.outcome === 'passed' ? [] : findings(result))
