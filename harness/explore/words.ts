import type { Deed, Plan } from '../plans/plan.ts'
import { triggerInWords } from '../plans/trigger.ts'

/** A whole story as a person tells it, one line for each round. */
export const storyInWords = ({ rounds, faults }: Plan): string[] =>
  rounds.map((deeds, round) => {
    const begun = faults
      .filter(({ fromRound }) => fromRound === round)
      .map(({ kind, target, when }) => `${kind} on ${target}${when ? ` ${triggerInWords(when)}` : ''}`)
    const ended = faults
      .filter(({ toRound }) => toRound === round)
      .map(({ kind, target }) => `${kind} on ${target} ends`)
    return `round ${round + 1}: ${[...begun, ...deeds.map(deedInWords), ...ended].join('; ') || 'nothing'}`
  })

function deedInWords(deed: Deed): string {
  if (deed.do === 'add') return `${deed.who} adds item ${deed.itemId}`
  if (deed.do === 'remove') return `${deed.who} removes item ${deed.itemId}`
  if (deed.do === 'buy') return `${deed.who} buys`
  if (deed.do === 'click') return `alice adds item ${deed.itemId} in tab ${deed.tab + 1}`
  if (deed.do === 'take') return `alice removes item ${deed.itemId} in tab ${deed.tab + 1}`
  if (deed.do === 'reload') return `alice reloads tab ${deed.tab + 1}`
  if (deed.do === 'look') return 'the dashboard is loaded again'
  if (deed.do === 'sell') return `${deed.node} sells item ${deed.itemId}`
  if (deed.do === 'rush') return `all nodes sell item ${deed.itemId} at once`
  if (deed.do === 'publish') return `${deed.node} sends a message`
  return deed.do === 'come' ? `${deed.who} comes to ${deed.node}` : `${deed.who} goes`
}
