import { createPlan, inWords, kinds, type Plan } from '../explore/plan.ts'
import type { FaultName } from '../faults/index.ts'
import { seededRandom } from '../platform/random.ts'
import type { Io } from './command.ts'
import { findings, marks, type Teller, type Told } from './teller.ts'

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

/** Tells random stories until one violates a law or the time is over; faults that were not seen yet come first (FI-18). */
export async function search(seed: number, budgetMs: number, teller: Teller, io: Io): Promise<Found> {
  const random = seededRandom(seed)
  const deadlineMs = io.clock.monotonicMs() + budgetMs
  const witnessed = new Set<string>()
  const plans = new Set<string>()
  const all = [...new Set(kinds.map(({ kind }) => kind))]
  const unseen = () => all.filter((kind) => !witnessed.has(kind))
  let [stories, unknown] = [0, 0]
  let violated: Told | undefined
  for (let leftMs = budgetMs; leftMs > 0 && !violated && !io.interruption.by(); ) {
    const batch = Array.from({ length: teller.jobs * 2 }, () => createPlan(random, seed, unseen()))
    for (const told of await teller.tell(batch)) {
      stories += 1
      plans.add(shapeOf(told.plan))
      for (const { kind, witnessedOnMs } of told.result.faults) if (witnessedOnMs !== null) witnessed.add(kind)
      if (told.result.outcome === 'unknown') unknown += 1
      if (told.result.outcome === 'violated') violated ??= told
      io.err([`${marks[told.result.outcome]} ${inWords(told.plan)}`, ...notes(told)].join('\n    ').concat('\n'))
    }
    leftMs = deadlineMs - io.clock.monotonicMs()
  }
  const faultKinds = all.filter((kind) => witnessed.has(kind)).sort()
  return { stories, distinct: plans.size, unknown, faultKinds, neverWitnessed: unseen().sort(), violated }
}

const shapeOf = ({ rounds, faults }: Plan) => JSON.stringify([rounds, faults])
const notes = ({ result }: Told) => (result.outcome === 'passed' ? [] : findings(result))
