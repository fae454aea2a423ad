import type { Random } from '../platform/random.ts'
import { type Action, type Plan, randomActions } from './plan.ts'

interface AmplifyOptions {
  /** How often a plan fails, 0 to 1. */
  rateOf(plan: Plan): Promise<number>
  random: Random
  /** Asked before each look at a plan. */
  goesOn(): boolean
}

/** More would make a scenario hard to read. */
const addedMost = 3
const candidatesMost = 40

/**
 * The same plan with a few actions more, so that it fails more often: what hangs by a race is lost for sure when more people take part in
 * it. A action is added where it helps most, and none that does not help (FI-18).
 */
export async function amplified(plan: Plan, { rateOf, random, goesOn }: AmplifyOptions): Promise<Plan> {
  let best = { plan, rate: await rateOf(plan) }
  for (let added = 0; added < addedMost; added += 1) {
    const before = best
    for (const candidate of withOneMore(best.plan, random)) {
      if (best.rate === 1 || !goesOn()) return best.plan
      const rate = await rateOf(candidate)
      if (rate > best.rate) best = { plan: candidate, rate }
    }
    if (best === before) return best.plan
  }
  return best.plan
}

/** Each with another action, in a round in which somebody does something already, or in any when nobody does. */
function withOneMore(plan: Plan, random: Random): Plan[] {
  const busy = [...plan.rounds.keys()].filter((round) => plan.rounds[round]!.length > 0)
  const rounds = busy.length > 0 ? busy : [...plan.rounds.keys()]
  return randomActions(random, candidatesMost).map((action) => withDeed(plan, random.pick(rounds), action))
}

const withDeed = (plan: Plan, round: number, action: Action): Plan => ({
  ...plan,
  rounds: plan.rounds.with(round, [...plan.rounds[round]!, action]),
})
