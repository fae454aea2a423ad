import { parse } from 'node-html-parser'
import { describe, expect, it } from 'vitest'
import { judgeLab, unmeasured } from '../../../harness/lab/lab.ts'
import { labPage } from '../../../harness/lab/page.ts'
import { predictionText, resultSection, resultText } from '../../../harness/lab/text.ts'
import { queue } from '../../../harness/lab/workshop/queue.ts'
import { drained } from './support.ts'

const measured = drained(1_000, 21)
const result = judgeLab(queue, measured)

describe('the page of a lab', () => {
  const html = labPage(result, queue.charts(measured))
  const page = parse(html)

  it('says its verdict first, then each prediction with what was measured', () => {
    expect(page.querySelector('main > :first-child h1')!.text).toMatch(/^as predicted: /)
    const table = page.querySelector('table.stack')!.text
    for (const { says, saw } of result.findings)
      expect([table.includes(says), table.includes(saw)]).toEqual([true, true])
  })

  it('draws a chart with axes and needs no network (MR-26)', () => {
    expect(page.querySelectorAll('svg path').length).toBeGreaterThan(0)
    expect(page.querySelector('svg')!.text).toContain('events')
    expect(html).not.toMatch(/(src|href)="?https?:/)
    expect(html).toContain('prefers-color-scheme:dark')
  })

  it('wraps a figure that is a sentence, and sets a short one as a number', () => {
    const figures = [
      { what: 'items', value: '7' },
      { what: 'deploy', value: 'end 72/42/6; peak 90; 190 reconnects, at most 70 within a second' },
    ]
    const cells = parse(labPage({ ...result, figures }, [])).querySelectorAll('table:not(.stack) tr td:last-child')
    expect(cells.slice(-2).map((cell) => cell.classList.contains('n'))).toEqual([true, false])
  })

  it('shows markup in names as text', () => {
    const bad = labPage({ ...result, title: '<script>alert(1)</script>' }, [])
    expect(bad).not.toContain('<script>')
  })
})

describe('a lab that could not be run', () => {
  const result = unmeasured(queue, 'lab1 ended with code 1 while it started')

  it('is unknown in all that it predicted, and says why in one sentence', () => {
    expect(result.verdict).toBe('unknown')
    expect(result.findings.map(({ outcome }) => outcome)).toEqual(queue.predictions.map(() => 'unknown'))
    expect(resultText(result)).toBe('? unknown: nothing was measured: lab1 ended with code 1 while it started\n')
  })
})

describe('the text of a lab', () => {
  it('has the prediction before the measurement, one line for each', () => {
    expect(
      predictionText(queue)
        .split('\n')
        .filter((line) => /^ {2}\d\. /.test(line)),
    ).toHaveLength(6)
    const lines = resultText({ ...result, verdict: 'unknown' }).split('\n')
    expect(lines.filter((line) => /^ {2}✓ \d\. /.test(line))).toHaveLength(6)
    expect(lines.at(-2)).toBe('? unknown')
  })

  it('is a section of a document, with a row for each prediction and each figure', () => {
    const section = resultSection(result)
    expect(section).toMatch(/^## `\.\/squall lab workshop\/queue`\n\n[A-Z0-9]/)
    expect(section.match(/^\| .* \| [✓✗?] \|$/gm)).toHaveLength(queue.predictions.length)
    expect(section.match(/^\| [^|]+ \| [^|]+ \|$/gm)).toHaveLength(result.figures.length)
    expect(section).toContain(`Verdict: ${result.verdict}.`)
  })

  it('is a section that says why nothing was measured', () => {
    expect(resultSection(unmeasured(queue, 'no node'))).toContain(
      'Verdict: unknown, because nothing was measured: no node.',
    )
  })
})
