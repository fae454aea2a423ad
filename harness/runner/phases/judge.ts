import { toHistory } from '../../history/history.ts'
import { judge } from '../../verdict/checker.ts'
import { checkersOf } from '../checkers-of.ts'
import type { Phase } from '../run-state.ts'

/** Judges the whole history, also of a scenario that broke off. */
export const judgeHistory: Phase = {
  name: 'judge',
  always: true,
  isLastWord: true,
  async run({ scenario, recorder, checks, obstacle, log }) {
    const history = toHistory(recorder.events)
    for (const checker of checkersOf(scenario)) checks.push({ name: checker.name, ...judge(checker, history) })
    const left = log.remaining()
    if (left > 0 && obstacle === undefined)
      checks.push({
        name: 'replayed-to-its-end',
        outcome: 'unknown',
        why: `schedule diverged: the scenario ended before ${left} recorded decisions were asked for`,
        evidence: { left },
      })
    if (obstacle !== undefined)
      checks.push({ name: 'scenario-completed', outcome: 'unknown', why: obstacle, evidence: {} })
  },
}
