import type { Random } from '../platform/random.ts'
import type { Action, ActionSource, Plan } from './plan.ts'

interface AmplifyOptions {
  /** Of the plan's application. */
  source: ActionSource
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
 * it. An action is added where it helps most, and none that does not help (FI-18).
 */
export async function amplified(plan: Plan, { source, rateOf, random, goesOn }: AmplifyOptions): Promise<Plan> {
  let best = { plan, rate: await rateOf(plan) }
  for (let added = 0; added < addedMost; added += 1) {
    const before = best
    for (const candidate of withOneMore(best.plan, source, random)) {
      if (best.rate === 1 || !goesOn()) return best.plan
      const rate = await rateOf(candidate)
      if (rate > best.rate) best = { plan: candidate, rate }
    }
    if (best === before) return best.plan
  }
  return best.plan
}

/** Each with another action, in a round in which somebody does something already, or in any when nobody does. */
function withOneMore(plan: Plan, source: ActionSource, random: Random): Plan[] {
  const busy = [...plan.rounds.keys()].filter((round) => plan.rounds[round]!.length > 0)
  const rounds = busy.length > 0 ? busy : [...plan.rounds.keys()]
  return source.drawMore(random, candidatesMost).map((action) => withAction(plan, random.pick(rounds), action))
}

const withAction = (plan: Plan, round: number, action: Action): Plan => ({
  ...plan,
  rounds: plan.rounds.with(round, [...plan.rounds[round]!, action]),
})
