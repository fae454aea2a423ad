import type { Checker } from '../checkers/checker.ts'
import { expectations } from '../checkers/expectations.ts'
import { faultsWitnessed } from '../checkers/faults-witnessed.ts'
import { outlasted } from '../checkers/outlasted.ts'
import { reached } from '../checkers/reached.ts'
import type { Scenario } from '../scenario.ts'

/** Everything that judges a story: what it says itself, and what every story has to stand. */
export const lawsOf = ({ expectations: expected, sometimes, outlasts, laws = [] }: Scenario): Checker[] => [
  ...(expected.length > 0 ? [expectations] : []),
  faultsWitnessed,
  ...(sometimes ? [reached(sometimes)] : []),
  ...(outlasts ? [outlasted(outlasts)] : []),
  ...laws,
]
