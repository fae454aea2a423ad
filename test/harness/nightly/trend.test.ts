import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { heatCells } from '../../../harness/nightly/heat-map.ts'
import { appendNights, readNights } from '../../../harness/nightly/history-file.ts'
import { trendPage } from '../../../harness/nightly/page.ts'
import { trendText } from '../../../harness/nightly/trend-text.ts'
import { squall } from '../cli/support.ts'
import { aLine, nightOf, syntheticNights } from './lines.ts'

const folder = mkdtempSync(join(tmpdir(), 'squall-trend-'))
const file = join(folder, 'nights.ndjson')
afterAll(() => rmSync(folder, { recursive: true }))

const failing = { outcome: 'violated', fingerprint: 'a: b', commit: '2' } as const
const few = [
  aLine(),
  aLine({ scenario: 'store/<b>' }),
  aLine({ night: nightOf(1), ...failing }),
  aLine({ night: nightOf(1), scenario: 'store/<b>' }),
]

describe('the trend as text', () => {
  it('has the gravest first, one sign for each night, and the recovery', () => {
    expect(trendText(few)).toBe(
      [
        '2 nights, 2026-03-01 to 2026-03-02; 1 of 2 scenarios failed the last night',
        '✗ store/missed-release  ✓✗  recovery   1.2 s  new',
        '✓ store/<b>             ✓✓  recovery   1.2 s  passed',
        '',
      ].join('\n'),
    )
  })

  it('says since when a scenario recovers slower', () => {
    const lines = Array.from({ length: 20 }, (_, night) =>
      aLine({ night: nightOf(night), recoveryMs: (night < 12 ? 1_000 : 3_000) + (night % 3) }),
    )
    const sentence = 'recovers slower since 2026-03-13: 3.0 s, was 1.0 s'
    expect(trendText(lines)).toContain(`passed; ${sentence}`)
    expect(trendPage(lines)).toContain(sentence)
  })

  it('says how to make a night where there is none', () => {
    expect(trendText([])).toContain('squall nightly')
  })
})

describe('the trend as a page', () => {
  it('needs no network, and no name becomes markup', () => {
    const page = trendPage(few)
    expect(page).not.toMatch(/https?:\/\/|<script|<link|url\(|@import|<b>\s*</)
    expect(page).toContain('store/&lt;b&gt;')
  })

  it('renders three months of 90 scenarios, read from a file, in less than two seconds of the processor', () => {
    appendNights(file, syntheticNights(92, 90))
    const before = process.cpuUsage()
    const { lines } = readNights(file)
    const [text, page] = [trendText(lines), trendPage(lines)]
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000)
    expect(text.split('\n')).toHaveLength(92)
    expect(page.match(/<rect /g)).toHaveLength(92 * 90)
  })
})

describe('squall trend', () => {
  it('shows the history that it is given, and writes the page', async () => {
    const [history, html] = [join(folder, 'few.ndjson'), join(folder, 'trend.html')]
    appendNights(history, few)
    const { code, out } = await squall(['trend', '--out', folder, '--history', history, '--html', html])
    expect(code).toBe(0)
    expect(out).toContain('2 nights, 2026-03-01 to 2026-03-02')
    expect(readFileSync(html, 'utf8')).toBe(trendPage(few))
  })

  it('has the standings in --json', async () => {
    const history = join(folder, 'json.ndjson')
    appendNights(history, few)
    const { out } = await squall(['trend', '--out', folder, '--history', history, '--json'])
    const { nights, standings } = JSON.parse(out)
    expect(nights).toBe(2)
    expect(standings.map(({ scenario, name }: Record<string, string>) => [scenario, name])).toEqual([
      ['store/missed-release', 'new'],
      ['store/<b>', 'passed'],
    ])
  })
})

describe('recovery by scenario and fault', () => {
  it('is a median of all nights, and says what was not witnessed', () => {
    const lines = [100, 300, 200].map((recoveryMs, night) =>
      aLine({
        night: nightOf(night),
        recoveryMs,
        faults: [{ kind: 'link.cut', asked: 2, witnessed: night === 0 ? 1 : 2 }],
      }),
    )
    expect(heatCells(lines)).toEqual([
      {
        ...{ scenario: 'store/missed-release', fault: 'link.cut', nights: 3 },
        ...{ p50Ms: 200, p99Ms: 300, asked: 6, witnessed: 5 },
      },
    ])
  })
})
