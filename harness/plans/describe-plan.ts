import type { Action, Plan } from './plan.ts'
import { describeTrigger } from './trigger.ts'

/** A whole scenario as a person tells it, one line for each round. */
export const describePlan = ({ rounds, faults }: Plan): string[] =>
  rounds.map((actions, round) => {
    const begun = faults
      .filter(({ fromRound }) => fromRound === round)
      .map(({ kind, target, when }) => `${kind} on ${target}${when ? ` ${describeTrigger(when)}` : ''}`)
    const ended = faults
      .filter(({ toRound }) => toRound === round)
      .map(({ kind, target }) => `${kind} on ${target} ends`)
    return `round ${round + 1}: ${[...begun, ...actions.map(describeAction), ...ended].join('; ') || 'nothing'}`
  })

function describeAction(action: Action): string {
  if (action.do === 'add') return `${action.who} adds item ${action.itemId}`
  if (action.do === 'remove') return `${action.who} removes item ${action.itemId}`
  if (action.do === 'buy') return `${action.who} buys`
  if (action.do === 'click') return `alice adds item ${action.itemId} in tab ${action.tab + 1}`
  if (action.do === 'removeInTab') return `alice removes item ${action.itemId} in tab ${action.tab + 1}`
  if (action.do === 'reload') return `alice reloads tab ${action.tab + 1}`
  if (action.do === 'reloadDashboard') return 'the dashboard is loaded again'
  if (action.do === 'sell') return `${action.node} sells item ${action.itemId}`
  if (action.do === 'sellOnAllNodes') return `all nodes sell item ${action.itemId} at once`
  if (action.do === 'publish') return `${action.node} sends a message`
  return action.do === 'arrive' ? `${action.who} comes to ${action.node}` : `${action.who} goes`
}
