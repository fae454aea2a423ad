import { chartPage, linesFigure } from '../charts/index.ts'
import { escapeHtml } from '../reporters/escape.ts'
import type { ChartSpec, Series } from './chart-spec.ts'
import type { JudgedPrediction, LabResult, LabVerdict } from './lab.ts'

const toneOf: Record<LabVerdict, 'passed' | 'violated' | 'unknown'> = {
  'as predicted': 'passed',
  contradicted: 'violated',
  unknown: 'unknown',
}
const markOf = {
  held: ['passed', '✓ held'],
  contradicted: ['violated', '✗ contradicted'],
  unknown: ['unknown', '? unknown'],
} as const

/** The result of a lab as one file that needs no network, for light, dark and phone; the verdict is its first line (MR-26). Pure. */
export function labPage(result: LabResult, charts: readonly ChartSpec[]): string {
  const { name, title, scaled, verdict, findings, figures, unmeasured } = result
  const why = unmeasured === undefined ? '' : `<p>${escapeHtml(`Nothing was measured: ${unmeasured}`)}</p>`
  return chartPage({
    title: `${verdict}: ${name}`,
    lead: `${verdict}: ${title}`,
    tone: toneOf[verdict],
    below: `${why}<p class="soft">${escapeHtml(`${name}. ${scaled}`)}</p>`,
    sections: [
      ...charts.map((chart) => ({ heading: chart.title, body: chartOf(chart) })),
      { heading: 'Predicted, measured', body: findingsTable(findings) },
      ...(figures.length > 0
        ? [{ heading: 'Figures', body: `<table><tbody>${figures.map(figureRow).join('')}</tbody></table>` }]
        : []),
    ],
  })
}

/** A picture has no room for more points, and dots are drawn where there are few. */
const pointsMax = { lines: 250, dots: 40 } as const

const chartOf = ({ title, x, y, marks, series }: ChartSpec): string =>
  linesFigure({
    caption: `${title}: ${y} over ${x}.`,
    x: { label: x },
    y: { label: y },
    series: series.map(({ name, points }) => ({
      name,
      points: thinned(points, pointsMax[marks]).map(([px, py]) => ({ x: px, y: py })),
    })),
  })

function thinned(points: Series['points'], most: number): Series['points'] {
  const inOrder = points.toSorted(([a], [b]) => a - b)
  const every = Math.ceil(inOrder.length / most)
  return inOrder.filter((_, index) => index % every === 0)
}

const findingsTable = (findings: readonly JudgedPrediction[]) =>
  `<table class="stack"><thead><tr><th>verdict</th><th>predicted</th><th>measured</th><th>in the text</th></tr></thead><tbody>${findings.map(findingRow).join('')}</tbody></table>`

function findingRow({ outcome, says, saw, why, inText }: JudgedPrediction): string {
  const [kind, mark] = markOf[outcome]
  const seen = why === undefined ? saw : `${saw}, but ${why}`
  const cells: [string, string][] = [
    ['predicted', says],
    ['measured', seen],
    ['in the text', inText ?? '–'],
  ]
  return `<tr><td class="tight"><span class="mark ${kind}">${mark}</span></td>${cells.map(([label, text]) => `<td data-label="${label}">${escapeHtml(text)}</td>`).join('')}</tr>`
}

/** A longer value is a sentence: it is wrapped, and not set as a number. */
const numberMax = 40

const figureRow = ({ what, value }: { what: string; value: string }) =>
  `<tr><td>${escapeHtml(what)}</td><td${value.length > numberMax ? '' : ' class="n"'}>${escapeHtml(value)}</td></tr>`
