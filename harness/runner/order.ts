import type { Scenario } from '../scenario.ts'

type Ordered = Pick<Scenario, 'plan' | 'expectedDurationMs'>

/** In which order the scenarios of a run begin: what random ones have found, then those that wait long; all else stays as it is. Pure. */
export const inOrderOfBegin = <S extends Ordered>(scenarios: readonly S[]): S[] =>
  scenarios.toSorted(
    (a, b) => Number(!a.plan) - Number(!b.plan) || (b.expectedDurationMs ?? 0) - (a.expectedDurationMs ?? 0),
  )
