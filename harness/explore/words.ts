import { workloadOf } from '../apps/workloads.ts'
import type { Plan } from '../plans/plan.ts'
import { describeTrigger } from '../plans/trigger.ts'

/** A whole scenario as a person tells it, one line for each round. */
export function describePlan({ app, rounds, faults }: Plan): string[] {
  const { describe } = workloadOf({ app })
  return rounds.map((actions, round) => {
    const begun = faults
      .filter(({ fromRound }) => fromRound === round)
      .map(({ kind, target, when }) => `${kind} on ${target}${when ? ` ${describeTrigger(when)}` : ''}`)
    const ended = faults
      .filter(({ toRound }) => toRound === round)
      .map(({ kind, target }) => `${kind} on ${target} ends`)
    return `round ${round + 1}: ${[...begun, ...actions.map((action) => describe(action)), ...ended].join('; ') || 'nothing'}`
  })
}
