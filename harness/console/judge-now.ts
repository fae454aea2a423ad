import { toHistory } from '../history/history.ts'
import type { HistoryEvent, NewEvent } from '../history/operation.ts'
import { type Checker, judge, type Verdict } from '../verdict/checker.ts'

/** What one checker says of a session that goes on. */
export interface NowJudged {
  name: string
  /** `later`: it can only judge when the session is over, or never here. */
  outcome: Verdict['outcome'] | 'later'
  why: string
}

const needsEnd = 'judges a recording when it is saved: what is on its way now would look lost'

/** Checkers that cannot judge in the console at all, by name, and why not. */
export type NeverJudged = Readonly<Record<string, string>>

/** What the checkers say of the history so far, and of what the application holds at its end. Pure. */
export function judgeNow(
  checkers: readonly Checker[],
  never: NeverJudged,
  events: readonly HistoryEvent[],
  now: readonly NewEvent[],
): NowJudged[] {
  const tMs = events.at(-1)?.tMs ?? 0
  const history = toHistory([...events, ...now.map((event, n) => ({ index: events.length + n, tMs, ...event }))])
  const refused = Object.entries(never).map(([name, why]): NowJudged => ({ name, outcome: 'later', why }))
  const judged = checkers
    .filter(({ name }) => !Object.hasOwn(never, name))
    .map((checker): NowJudged => {
      const { name, judgesOpen, needs } = checker
      if (!judgesOpen) return { name, outcome: 'later', why: needsEnd }
      if (needs && !needs(history)) return { name, outcome: 'unknown', why: 'nothing to judge yet' }
      const { outcome, why } = judge(checker, history)
      return { name, outcome, why }
    })
  return [...judged, ...refused]
}
