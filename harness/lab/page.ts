import { escapeHtml } from '../reporters/escape.ts'
import { style } from '../reporters/style.ts'
import { drawChart } from './chart.ts'
import type { ChartSpec } from './chart-spec.ts'
import type { JudgedPrediction, LabResult, LabVerdict } from './lab.ts'

const classOf: Record<LabVerdict, string> = { 'as predicted': 'passed', contradicted: 'violated', unknown: 'unknown' }
const markOf = {
  held: ['passed', '✓ held'],
  contradicted: ['violated', '✗ contradicted'],
  unknown: ['unknown', '? unknown'],
} as const

/** On a phone a chart is scrolled, so that its text can be read. */
const own = 'figure{margin:0}.wide>svg,.wide figure>svg{min-width:640px}'

/** The result of a lab as one file that needs no network, for light, dark and phone; the verdict is its first line (MR-26). */
export const labPage = (result: LabResult, charts: readonly ChartSpec[]): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(`${result.verdict}: ${result.name}`)}</title><style>${style}${own}</style></head>
<body><main>
<header class="verdict ${classOf[result.verdict]}"><p class="mark ${classOf[result.verdict]}">${result.verdict}</p>
<h1>${escapeHtml(result.title)}</h1><p class="soft">${escapeHtml(`${result.name}. ${result.scaled}`)}</p></header>
${charts.map(card).join('\n')}
<section class="card"><h2>Predicted, measured</h2><table class="stack"><thead><tr><th>verdict</th><th>predicted</th><th>measured</th><th>in the text</th></tr></thead>
<tbody>${result.findings.map(findingRow).join('')}</tbody></table></section>
<section class="card"><h2>Figures</h2><table><tbody>${result.figures.map(figureRow).join('')}</tbody></table></section>
</main></body></html>
`

const card = (chart: ChartSpec) =>
  `<section class="card"><h2>${escapeHtml(chart.title)}</h2><div class="wide">${drawChart(chart)}</div></section>`

function findingRow({ outcome, says, saw, why, seed }: JudgedPrediction): string {
  const [kind, mark] = markOf[outcome]
  const seen = why === undefined ? saw : `${saw}, but ${why}`
  const cells: [string, string][] = [
    ['predicted', says],
    ['measured', seen],
    ['in the text', seed ?? '–'],
  ]
  return `<tr><td class="tight"><span class="mark ${kind}">${mark}</span></td>${cells.map(([label, text]) => `<td data-label="${label}">${escapeHtml(text)}</td>`).join('')}</tr>`
}

const figureRow = ({ what, value }: { what: string; value: string }) =>
  `<tr><td>${escapeHtml(what)}</td><td class="n">${escapeHtml(value)}</td></tr>`
