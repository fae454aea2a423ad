import type { Scenario } from '../scenario.ts'

type Story = Pick<Scenario, 'plan' | 'waitsMs'>

/** In which order the stories of a run begin: what random ones have found, then those that wait long; all else stays as it is. Pure. */
export const inOrderOfBegin = <S extends Story>(stories: readonly S[]): S[] =>
  stories.toSorted((a, b) => Number(!a.plan) - Number(!b.plan) || (b.waitsMs ?? 0) - (a.waitsMs ?? 0))
