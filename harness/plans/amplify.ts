import type { Random } from '../platform/random.ts'
import type { Action, ActionSource, Plan } from './plan.ts'

interface AmplifyOptions {
  /** The action source of the plan's application. */
  source: ActionSource
  /** Returns how often a plan fails, 0 to 1. */
  rateOf(plan: Plan): Promise<number>
  random: Random
  /** Called before each trial of a plan; false stops the search. */
  goesOn(): boolean
}

/** More actions would make a scenario hard to read. */
const addedMost = 3
const candidatesMost = 40

/**
 * Returns the plan with a few more actions, so that it fails more often: a race is lost more reliably with more participants. Adds the
 * action that helps most, and none that does not help (FI-18).
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

/** Returns plans with one more action each, in a round that already has actions, or in any round when none has. */
function withOneMore(plan: Plan, source: ActionSource, random: Random): Plan[] {
  const busy = [...plan.rounds.keys()].filter((round) => plan.rounds[round]!.length > 0)
  const rounds = busy.length > 0 ? busy : [...plan.rounds.keys()]
  return source.drawMore(random, candidatesMost).map((action) => withAction(plan, random.pick(rounds), action))
}

const withAction = (plan: Plan, round: number, action: Action): Plan => ({
  ...plan,
  rounds: plan.rounds.with(round, [...plan.rounds[round]!, action]),
})
