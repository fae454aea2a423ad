import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { chartPage, linesFigure, pairsFigure, percentileFigure, ratiosFigure } from '../../../harness/charts/index.ts'

const points = [1, 2, 4, 8].map((x) => ({ x, y: 10 * x, low: 9 * x, high: 12 * x }))
const lines = () =>
  linesFigure({
    caption: 'Latency <of> both',
    x: { label: 'rate' },
    y: { label: 'ms', isLog: true },
    series: [
      { name: 'a & b', points },
      { name: 'c', points: points.map(({ x }) => ({ x, y: x })) },
    ],
    marks: [{ x: 4, text: 'kill' }],
  })

const documentOf = (markup: string) => parseHTML(`<html><body>${markup}</body></html>`).document

describe('charts', () => {
  it('draw each picture for wide and for narrow windows, with a label for those who cannot see it', () => {
    const pictures = [...documentOf(lines()).querySelectorAll('svg[role=img]')]
    expect(pictures).toHaveLength(2)
    const widths = pictures.map((svg) => Number(svg.getAttribute('width')))
    expect(widths[0]).toBeGreaterThan(900)
    expect(widths[1]).toBeLessThan(400)
    for (const svg of pictures) expect(svg.getAttribute('aria-label')).toContain('both')
  })

  it('draw a line and a band for each series with an interval', () => {
    const [wide] = [...documentOf(lines()).querySelectorAll('.desk-only')]
    expect(wide!.querySelectorAll('[aria-label=line] path')).toHaveLength(2)
    expect(wide!.querySelectorAll('[aria-label=area] path')).toHaveLength(1)
    expect(wide!.textContent).toContain('kill')
  })

  it('escape names, and give the numbers as a table', () => {
    expect(lines()).toContain('a &amp; b')
    expect(lines()).toContain('Latency &lt;of&gt; both')
    const rows = [...documentOf(lines()).querySelectorAll('tbody tr')].map((row) => row.textContent)
    expect(rows).toHaveLength(8)
    expect(rows[1]).toBe('a & b22018 to 24')
  })

  it('are the same for the same numbers', () => {
    expect(lines()).toBe(lines())
  })

  it('survive a series of no or one point', () => {
    const empty = linesFigure({
      caption: 'c',
      x: { label: 'x' },
      y: { label: 'y' },
      series: [{ name: 'none', points: [] }],
    })
    expect(empty).toContain('<svg')
    expect(percentileFigure('c', [{ name: 'one', points: [{ share: 0.5, ms: 3 }] }])).toContain('p50')
  })

  it('cut a band that is much wider than the lines, so that the lines can be read', () => {
    const wide = [1, 2].map((x) => ({ x, y: 10 * x, low: 1e-6, high: 1e9 }))
    const text = linesFigure({
      caption: 'c',
      x: { label: 'x' },
      y: { label: 'y', isLog: true },
      series: [{ name: 'a', points: wide }],
    })
    const ticks = [...documentOf(text).querySelectorAll('.desk-only [aria-label="y-axis tick label"] text')].map(
      (one) => one.textContent,
    )
    expect(ticks).toContain('20')
    expect(ticks.join()).not.toMatch(/[kMG]/)
  })

  it('name percentiles on an axis of nines up to the last one that is drawn', () => {
    const shares = [0, 0.5, 0.9, 0.99].map((share, index) => ({ share, ms: 1 + index }))
    const text = percentileFigure('c', [{ name: 'a', points: shares }])
    expect(text).toContain('p99')
    expect(text).not.toContain('p99.9')
  })

  it('draw pairs as dots, and ratios beside their margin', () => {
    const names = { first: 'sync', second: 'async', control: 'sync (control)' }
    const pairs = [1, 2, 3].map((block) => ({ block, first: 20, second: 10 + block, control: 21 }))
    const dots = documentOf(pairsFigure({ caption: 'c', unit: 'ms', names, pairs })).querySelector('.desk-only')!
    expect(dots.querySelectorAll('[aria-label=dot] > *')).toHaveLength(9)
    expect(dots.querySelectorAll('[aria-label=link] path')).toHaveLength(3)
    expect(ratiosFigure('c', 0.05, [{ name: 'async / sync', mean: 0.5, low: 0.4, high: 0.6 }])).toContain(
      '0.400 to 0.600',
    )
  })

  it('stand on a page that needs no network and no script, with the verdict first', () => {
    const page = chartPage({
      title: 't',
      lead: 'b is <slower>',
      tone: 'plain',
      sections: [{ heading: 'one', body: lines() }],
    })
    expect(page).not.toMatch(/<script|src=|href="http/)
    expect(
      documentOf(page.replace(/^.*<body>/s, ''))
        .querySelector('main')!
        .textContent!.trim(),
    ).toMatch(/^b is <slower>/)
    expect(page).toContain('prefers-color-scheme:dark')
    // A class that the reports use for lists would take the padding away.
    expect(page).not.toMatch(/class="verdict plain"/)
  })
})
