import type { ActionSource, Plan } from './plan.ts'
import { describeTrigger } from './trigger.ts'

/** Describes a plan for people, one line for each round. */
export const describePlan = ({ rounds, faults }: Plan, { describe }: Pick<ActionSource, 'describe'>): string[] =>
  rounds.map((actions, round) => {
    const begun = faults
      .filter(({ fromRound }) => fromRound === round)
      .map(({ kind, target, when }) => `${kind} on ${target}${when ? ` ${describeTrigger(when)}` : ''}`)
    const ended = faults
      .filter(({ toRound }) => toRound === round)
      .map(({ kind, target }) => `${kind} on ${target} ends`)
    return `round ${round + 1}: ${[...begun, ...actions.map((action) => describe(action)), ...ended].join('; ') || 'nothing'}`
  })
