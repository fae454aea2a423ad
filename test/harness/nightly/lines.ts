import type { NightLine } from '../../../harness/nightly/night.ts'
import { seededRandom } from '../../../harness/platform/random.ts'

const dayMs = 86_400_000

/** The night with a number, from the first of March on. */
export const nightOf = (number: number) => new Date(Date.UTC(2026, 2, 1, 2) + number * dayMs).toISOString()

export const aLine = (own: Partial<NightLine> = {}): NightLine => ({
  version: 1,
  night: nightOf(0),
  scenario: 'store/missed-release',
  outcome: 'passed',
  durationMs: 9_000,
  recoveryMs: 1_200,
  faults: [{ kind: 'node.kill', asked: 1, witnessed: 1 }],
  seed: '0x5eed',
  commit: '1',
  fingerprint: null,
  why: own.outcome === 'violated' ? 'delivered-once: n1 lost 3 messages' : null,
  replay: './squall replay reports/a-run',
  ...own,
})

const kinds = ['node.kill', 'link.cut', 'link.latency', 'db.kill', 'clock.skew']

/** Many nights of many scenarios, of which some fail now and then. */
export function syntheticNights(nights: number, scenarios: number): NightLine[] {
  const random = seededRandom(42)
  return Array.from({ length: nights }, (_, night) =>
    Array.from({ length: scenarios }, (_, scenario) => {
      const outcome =
        scenario % 9 === 0 && random.next() < 0.3 ? 'violated' : random.next() < 0.01 ? 'unknown' : 'passed'
      return aLine({
        night: nightOf(night),
        scenario: `group-${scenario % 7}/scenario-${scenario}`,
        outcome,
        durationMs: random.integer(5_000, 15_000),
        recoveryMs: random.integer(300, 4_000),
        faults: [{ kind: kinds[scenario % kinds.length]!, asked: 1, witnessed: outcome === 'unknown' ? 0 : 1 }],
        seed: `0x${night}`,
        commit: `c${Math.floor(night / 3)}`,
        fingerprint: outcome === 'passed' ? null : 'delivered-once: NAME lost N messages',
      })
    }),
  ).flat()
}
