import { expectations } from '../checkers/core/expectations.ts'
import { outlasted } from '../checkers/core/fault-outlasts-timer.ts'
import { faultsWitnessed } from '../checkers/core/faults-witnessed.ts'
import { reached } from '../checkers/core/reached.ts'
import type { Scenario } from '../scenario.ts'
import type { Checker } from '../verdict/checker.ts'

/** Everything that judges a story: what it says itself, and what every story has to stand. */
export const lawsOf = ({ expectations: expected, sometimes, outlasts, laws = [] }: Scenario): Checker[] => [
  ...(expected.length > 0 ? [expectations] : []),
  faultsWitnessed,
  ...(sometimes ? [reached(sometimes)] : []),
  ...(outlasts ? [outlasted(outlasts)] : []),
  ...laws,
]
