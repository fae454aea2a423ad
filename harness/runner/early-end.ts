import { toHistory } from '../history/history.ts'
import type { HistoryEvent } from '../history/operation.ts'
import { type Checker, judge } from '../verdict/checker.ts'

/** What a run wants to know of a scenario: whether this checker finds something. */
export interface Sought {
  checker: string
  /** Fits the words of the finding. Default: any words. */
  finding?: RegExp
}

interface LookoutOptions {
  sought: Sought
  /** Those of the scenario. */
  checkers: readonly Checker[]
  /** Recorded so far; the list grows while the scenario runs. */
  events: readonly HistoryEvent[]
}

/**
 * Returns a function that tells whether the history so far already proves what is sought. Only a checker that judges open histories can
 * prove it before the end: its violation stays one, whatever follows. Asked between steps and expectations, so that nothing is broken off
 * half-done.
 */
export function createLookout({ sought, checkers, events }: LookoutOptions): () => boolean {
  const checker = checkers.find(({ name, judgesOpen }) => name === sought.checker && judgesOpen)
  if (!checker) return () => false
  let isFound = false
  let lookedAt = 0
  return () => {
    if (isFound || events.length === lookedAt) return isFound
    lookedAt = events.length
    isFound = finds(checker, sought, events)
    return isFound
  }
}

function finds(checker: Checker, { finding }: Sought, events: readonly HistoryEvent[]): boolean {
  const history = toHistory(events)
  if (checker.needs?.(history) === false || checker.lacks?.(history) !== undefined) return false
  const { outcome, why } = judge(checker, history)
  return outcome === 'violated' && (finding === undefined || finding.test(why))
}
