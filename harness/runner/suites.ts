import type { Scenario } from '../scenario.ts'

interface Suite {
  summary: string
  has(scenario: Scenario): boolean
}

const smoke = ['store/one-listing-at-a-time', 'store/missed-release', 'store/last-pairs', 'cluster/broadcast']

/** Curated sets of scenarios, by name. */
export const suites = {
  acceptance: {
    summary: 'every scenario but the canaries, those of the night, and those that need the whole machine',
    has: ({ canary, aloneBecause, nightlyBecause }) =>
      !canary && aloneBecause === undefined && nightlyBecause === undefined,
  },
  nightly: {
    summary:
      'scenarios that take long and rarely fail; `squall nightly` runs them beside those of the acceptance suite',
    has: ({ nightlyBecause }) => nightlyBecause !== undefined,
  },
  launch: {
    summary: 'thousands of shoppers buy everything, with and without a node killed; needs the whole machine (--jobs 1)',
    has: ({ id }) => id.startsWith('launch/'),
  },
  smoke: {
    summary: 'a few short scenarios: what random ones have found, page, reconnect, sale, broadcast',
    has: ({ id }) => smoke.includes(id) || id.startsWith('corpus/'),
  },
} as const satisfies Record<string, Suite>

export type SuiteName = keyof typeof suites
export const isSuite = (name: string): name is SuiteName => Object.hasOwn(suites, name)
