import { describe, expect, it } from 'vitest'
import type { NightLine } from '../../../harness/nightly/night.ts'
import { type StandingName, standingOf, standingsOf } from '../../../harness/nightly/standing.ts'
import { seededRandom } from '../../../harness/platform/random.ts'
import { aLine, nightOf } from './lines.ts'

const outcomes: Record<string, NightLine['outcome']> = {
  F: 'violated',
  G: 'violated',
  P: 'passed',
  '?': 'unknown',
  '~': 'flaky',
}

/** `F1` failed on commit 1, `P1` passed on it, `G1` failed in another way, `?` unknown, `~` flaky; each night has a seed of its own. */
const nights = (text: string, own: Partial<NightLine> = {}) =>
  text.split(' ').map((word, index) => {
    const outcome = outcomes[word[0]!]!
    const fingerprint = outcome !== 'violated' ? null : word[0] === 'G' ? 'b: other' : 'a: sentence'
    return aLine({
      ...{ night: nightOf(index), outcome, fingerprint, seed: `0x${index}`, commit: word.slice(1) || null },
      ...own,
    })
  })

const names: [nights: string, name: StandingName, isFailure: boolean][] = [
  ['P1', 'passed', false],
  ['F1', 'new', true],
  ['P1 F2', 'new', true],
  ['P1 F2 F3', 'recurring', true],
  ['P1 F2 F3 P4', 'fixed', false],
  ['P1 F2 F3 P4 P5', 'passed', false],
  ['P1 F2 G3', 'new', true],
  ['P1 P1 F1', 'new', true],
  ['P1 P1 F1 P1', 'intermittent', false],
  ['P1 F2 P3 F4', 'intermittent', true],
  ['P1 F2 P3 F4 P5', 'intermittent', false],
  ['P1 ?', 'unknown', false],
  ['P1 ? ?', 'unknown', false],
  ['P1 ? ? ?', 'unknown', true],
  ['F1 ? P2', 'fixed', false],
  ['P1 ~1', 'flaky', false],
  ['P1 ~1 P2', 'intermittent', false],
]

describe('how a scenario stands after its nights', () => {
  it.each(names)('%s is %s', (text, name, isFailure) => {
    const standing = standingOf(nights(text))
    expect({ name: standing.name, isFailure: standing.isFailure }).toEqual({ name, isFailure })
  })

  it('says since which night it recurs', () => {
    expect(standingOf(nights('P1 F2 ? F3 F4')).since).toBe(nightOf(1))
  })

  it('is flaky when the same code and seed did both, and not when only the code is unknown', () => {
    expect(standingOf(nights('P1 F1', { seed: '0x1' })).name).toBe('flaky')
    expect(standingOf(nights('P F', { seed: '0x1' })).name).toBe('new')
  })

  it('counts the failures of an intermittent one, with an interval', () => {
    const { failed, of, interval } = standingOf(nights('P1 F1 P1 F1 P1 P1 P1 F1 P1 P1'))
    expect({ failed, of }).toEqual({ failed: 3, of: 10 })
    expect(interval.low).toBeCloseTo(0.1078, 3)
    expect(interval.high).toBeCloseTo(0.6032, 3)
  })

  it('never says passed of one that fails 30 % of the time, once it has failed and passed on the same code', () => {
    const random = seededRandom(7)
    const words = ['P1', 'F1', ...Array.from({ length: 60 }, () => (random.next() < 0.3 ? 'F1' : 'P1'))]
    const standings = words.map((_, index) => standingOf(nights(words.slice(0, index + 1).join(' '))).name)
    expect(standings.slice(2)).toEqual(standings.slice(2).map(() => 'intermittent'))
  })

  it('believes in a fix of an intermittent one only after more passes than chance gives, on other code', () => {
    const passes = (n: number, commit: string) => Array.from({ length: n }, () => `P${commit}`).join(' ')
    expect(standingOf(nights(`F1 P1 F1 ${passes(13, '2')}`)).name).toBe('passed')
    expect(standingOf(nights(`F1 P1 F1 ${passes(12, '2')}`)).name).toBe('intermittent')
    expect(standingOf(nights(`F1 P1 F1 ${passes(20, '1')}`)).name).toBe('intermittent')
  })

  it('puts the gravest first and leaves out scenarios that the last night did not run', () => {
    const of = (scenario: string, text: string) => nights(text, { scenario })
    const lines = [...of('a/passes', 'P1 P2'), ...of('b/fails', 'P1 F2'), ...of('c/gone', 'P1')]
    const sorted = lines.sort((a, b) => (a.night < b.night ? -1 : 1))
    expect(standingsOf(sorted).map(({ scenario, name }) => `${scenario} ${name}`)).toEqual([
      'b/fails new',
      'a/passes passed',
    ])
  })
})
