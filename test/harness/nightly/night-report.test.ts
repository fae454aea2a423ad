import { describe, expect, it } from 'vitest'
import type { NightLine } from '../../../harness/nightly/night.ts'
import { nightPage } from '../../../harness/nightly/night-page.ts'
import { exitCodeOfNight, standingsAfter } from '../../../harness/nightly/night-report.ts'
import { nightSummary, summaryMaxBytes } from '../../../harness/nightly/night-summary.ts'
import { nightText } from '../../../harness/nightly/night-text.ts'
import { aLine, nightOf, syntheticNights } from './lines.ts'
import { aNight, aStage } from './nights.ts'

const failing = {
  ...{ outcome: 'violated', fingerprint: 'delivered-once: NAME lost N messages', commit: 'c2' },
  why: 'delivered-once: n1 lost 3 messages',
} as const satisfies Partial<NightLine>
const tonight = (own: Partial<NightLine>) => [aStage({ lines: [aLine({ night: nightOf(1), ...own })] })]
const standings = (own: Partial<NightLine>, history: readonly NightLine[] = [aLine()]) =>
  standingsAfter(history, tonight(own))

const codes: [what: string, own: Partial<Parameters<typeof exitCodeOfNight>[0]>, code: number][] = [
  ['all passes', {}, 0],
  ['a scenario fails', { standings: standings(failing) }, 1],
  ['a detector is dead', { stages: [aStage({ findings: [{ title: 't', why: 'w', command: 'c' }] })] }, 1],
  ['a scenario fails, and somebody interrupts', { standings: standings(failing), interruptedCode: 130 }, 1],
  ['somebody interrupts', { interruptedCode: 130 }, 130],
  ['the machine lacks something', { stages: [aStage({ end: 'failed', exitCode: 69 })] }, 69],
  ['the suite is cut short', { stages: [aStage({ end: 'cut-short' })] }, 124],
  ['only a sample is cut short', { stages: [aStage({ name: 'mutate', end: 'cut-short' })] }, 0],
  ['a shard is missing', { missingShards: ['2/2'] }, 124],
  ['a scenario is unknown', { standings: standings({ outcome: 'unknown' }) }, 2],
  ['something is left behind', { stages: [aStage({ leaks: ['process 7'] })] }, 5],
  ['an intermittent one passes', { standings: standings({ commit: '1' }, [aLine({ ...failing, commit: '1' })]) }, 3],
  ['a benchmark is too slow', { stages: [aStage({ name: 'bench', exitCode: 4 })] }, 4],
]

describe('the exit code of a night', () => {
  it.each(codes)('when %s', (_what, own, code) => {
    const ending = {
      stages: [aStage()],
      standings: standings({}),
      mustFinish: ['acceptance', 'corpus'] as const,
      ...own,
    }
    expect(exitCodeOfNight(ending)).toBe(code)
  })
})

describe('how the scenarios of a night stand', () => {
  it('does not count a night twice that the history has already', () => {
    const stages = tonight(failing)
    expect(standingsAfter([aLine(), ...stages[0]!.lines], stages).map(({ name, of }) => [name, of])).toEqual([
      ['new', 2],
    ])
  })
})

describe('the report of a night', () => {
  const history = [aLine(), aLine({ night: nightOf(1), ...failing })]
  const broken = aNight({ exitCode: 1, stages: tonight(failing), standings: standings(failing) })

  it('has the verdict, what broke and how to see it again in its first ten lines', () => {
    const top = nightSummary(broken, history).split('\n').slice(0, 10).join('\n')
    expect(top).toContain(
      '# ✗ Failed: 1 failure, first store/missed-release, new (delivered-once: n1 lost 3 messages).',
    )
    expect(top).toContain("`./squall replay reports/a-run --grep '^store/missed-release$'`")
    expect(top).toContain('**1 new, 0 recurring')
  })

  it('counts missing shards where naming them would fill the screen', () => {
    const sentence = (missingShards: string[]) =>
      nightText(aNight({ exitCode: 124, missingShards }), 'r').split('\n')[0]
    expect(sentence(['2/3', '3/3'])).toBe('? Incomplete: shard 2/3 is missing, shard 3/3 is missing.')
    const all = Array.from({ length: 49 }, (_, n) => `${n + 2}/50`)
    expect(sentence(all)).toBe('? Incomplete: 49 shards are missing, first 2/50.')
  })

  it('repeats a scenario of a shard by its seed', () => {
    const replay = './squall run store/missed-release --seed 0x5eed'
    const stages = tonight({ ...failing, replay })
    expect(nightText(aNight({ stages, standings: standingsAfter([], stages) }), 'r')).toContain(`    ${replay}\n`)
  })

  it('fits into ten lines of a terminal, however much failed', () => {
    const lines = [1, 2, 3, 4, 5].map((n) => aLine({ scenario: `store/number-${n}`, ...failing }))
    const stages = [aStage({ lines })]
    const shown = nightText(aNight({ exitCode: 1, stages, standings: standingsAfter([], stages) }), 'night/report.html')
    expect(shown.split('\n')).toEqual([
      '✗ Failed: 5 failures, first store/number-1, new (delivered-once: n1 lost 3 messages).',
      expect.any(String),
      'store/number-1, new:',
      "    ./squall replay reports/a-run --grep '^store/number-1$'",
      'store/number-2, new: delivered-once: n1 lost 3 messages',
      "    ./squall replay reports/a-run --grep '^store/number-2$'",
      'store/number-3, new: delivered-once: n1 lost 3 messages',
      "    ./squall replay reports/a-run --grep '^store/number-3$'",
      'and 2 more failures',
      'report: night/report.html',
      '',
    ])
  })

  it('leads to the page of what broke, and says how often it did', () => {
    const lines = [aLine({ ...failing, attempts: { failed: 2, of: 2 } })]
    const stages = [aStage({ lines, pages: ['acceptance/a-run/report.html'] })]
    const page = nightPage(aNight({ exitCode: 1, stages, standings: standingsAfter([], stages) }), lines)
    expect(page).toContain('<a href="acceptance/a-run/report.html">report</a>')
    expect(page).toContain('<a href="acceptance/a-run/report.html#s-store-missed-release">its report</a>')
    expect(page).toContain('n1 lost 3 messages; tonight it failed 2 of 2 times')
  })

  it('says since when a failure recurs, and that it is fixed', () => {
    const again = aNight({ exitCode: 1, standings: standings({ ...failing, commit: 'c3' }, [aLine({ ...failing })]) })
    expect(nightSummary(again, history)).toContain('recurring since 2026-03-01')
    const over = aNight({ standings: standings({ commit: 'c3' }, [aLine({ ...failing })]) })
    expect(nightSummary(over, history)).toMatch(/## Fixed\n\n- store\/missed-release: fixed, failed last on 2026-03-01/)
    expect(nightSummary(over, history)).toContain('# ✓ Passed: 1 scenario held every invariant.')
  })

  it('never calls an intermittent one passed', () => {
    const report = aNight({
      exitCode: 3,
      standings: standings({ commit: '1', seed: '0x2' }, [aLine({ ...failing, commit: '1' })]),
    })
    const summary = nightSummary(report, history)
    expect(summary).toContain('# ? Unsteady: 1 scenario now passes and now fails.')
    expect(summary).toContain('intermittent, failed 1 of 2 nights')
  })

  it('fits into the summary of a job, and says what is left out', () => {
    const lines = syntheticNights(1, 3_000).map((line) => ({ ...line, ...failing, why: 'x'.repeat(500) }))
    const report = aNight({ exitCode: 1, standings: standingsAfter([], [aStage({ lines })]) })
    const summary = nightSummary(report, lines)
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(summaryMaxBytes)
    expect(summary).toContain('report.html has all of it')
  })

  it('is a page that needs no network, and nothing that a program said becomes markup', () => {
    const report = { ...broken, standings: standings({ ...failing, why: 'lost <script>alert(1)</script>' }) }
    const page = nightPage(report, history)
    expect(page).not.toMatch(/https?:\/\/|<script|<link|url\(|@import/)
    expect(page).toContain('lost &lt;script&gt;')
    expect(page).toContain('Recovery by scenario and fault')
    expect(page).toContain('Provenance')
  })
})
