import type { Scenario } from '../scenario.ts'
import type { Durations } from './durations.ts'

type Ordered = Pick<Scenario, 'id' | 'plan' | 'expectedDurationMs'>

/**
 * In which order the scenarios of a run begin: what random ones have found, then those that take long, so that no run waits for one at its
 * end; all else stays as it is. Pure.
 */
export function inOrderOfBegin<S extends Ordered>(scenarios: readonly S[], lastTime: Durations = {}): S[] {
  const durationMs = ({ id, expectedDurationMs = 0 }: Ordered) => lastTime[id] ?? expectedDurationMs
  return scenarios.toSorted((a, b) => Number(!a.plan) - Number(!b.plan) || durationMs(b) - durationMs(a))
}
