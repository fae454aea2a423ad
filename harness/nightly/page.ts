import { escapeHtml } from '../reporters/escape.ts'
import { style } from '../reporters/style.ts'
import { dayOf, describeStanding, durationOr, outcomeSigns, standingMarks } from './format.ts'
import { type HeatCell, heatCells } from './heat-map.ts'
import type { NightLine } from './night.ts'
import { describeRecoveryShift } from './recovery.ts'
import { type Standing, type StandingName, standingsOf } from './standing.ts'

const colourOf: Record<StandingName, 'passed' | 'violated' | 'unknown'> = {
  ...{ new: 'violated', recurring: 'violated', intermittent: 'unknown', flaky: 'unknown', unknown: 'unknown' },
  ...{ fixed: 'passed', passed: 'passed' },
}

const own = `
.nights{display:block;height:18px}.nights rect{fill:var(--lane)}.nights .passed{fill:var(--good)}.nights .violated{fill:var(--bad)}.nights .unknown,.nights .flaky{fill:var(--doubt)}
.heat td,.heat th{padding:4px 8px;white-space:nowrap;overflow-wrap:normal}.heat thead th{vertical-align:bottom}
.heat td[data-heat]{background:color-mix(in srgb,var(--fault) calc(var(--heat)*45%),transparent)}
h2+p{margin-top:2px}pre{margin-bottom:14px}`

/** Returns a page of sections as one file that needs no network, for light, dark, phone and print. Pure. */
export const page = (title: string, sections: readonly string[]): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><style>${style}${own}</style></head>
<body><main>
${sections.filter((section) => section !== '').join('\n')}
</main></body></html>
`

/** Returns a titled section; `body` is markup. */
export const card = (title: string, body: string): string =>
  `<section class="card"><h2>${escapeHtml(title)}</h2>${body}</section>`

export const standingMark = ({ name }: Standing): string =>
  `<span class="mark ${colourOf[name]}">${standingMarks[name]} ${name}</span>`

/** Returns the trend of all nights as one page. Pure. */
export function trendPage(lines: readonly NightLine[]): string {
  const nights = [...new Set(lines.map(({ night }) => night))]
  const span = nights.length === 0 ? 'no night is kept' : `${dayOf(nights[0]!)} to ${dayOf(nights.at(-1)!)}`
  return page('Squall: trend of the nights', [
    `<header><h1>Trend of ${nights.length} nights</h1><p class="soft">${span}</p></header>`,
    trendSection(lines),
    heatSection(lines),
  ])
}

/** Returns a table of every scenario of the last night with its nights, the gravest first. Pure. */
export function trendSection(lines: readonly NightLine[]): string {
  const nights = [...new Set(lines.map(({ night }) => night))]
  const byScenario = Map.groupBy(lines, ({ scenario }) => scenario)
  const rows = standingsOf(lines).map(
    (standing) =>
      `<tr><td class="tight">${standingMark(standing)}</td><td>${escapeHtml(standing.scenario)}<br><span class="soft small">${escapeHtml(describeRow(standing, byScenario.get(standing.scenario)!))}</span></td><td>${nightsPicture(byScenario.get(standing.scenario)!, nights)}</td></tr>`,
  )
  return card(
    'Trend',
    `<table class="stack"><thead><tr><th>stands</th><th>scenario</th><th>nights, the newest on the right</th></tr></thead><tbody>${rows.join('')}</tbody></table>`,
  )
}

const describeRow = (standing: Standing, own: readonly NightLine[]) =>
  [describeStanding(standing), describeRecoveryShift(own)].filter((part) => part && part !== standing.name).join('; ')

const barWidth = 4
const barHeights = { passed: 8, unknown: 14, flaky: 14, violated: 18 } as const

/** Colour is not the only sign: what failed is higher. */
function nightsPicture(lines: readonly NightLine[], nights: readonly string[]): string {
  const bars = lines.map(({ night, outcome }) => {
    const height = barHeights[outcome]
    return `<rect class="${outcome}" x="${nights.indexOf(night) * barWidth}" y="${18 - height}" width="3" height="${height}"/>`
  })
  const width = nights.length * barWidth
  const label = lines.slice(-30).map(({ outcome }) => outcomeSigns[outcome])
  return `<svg class="nights" role="img" aria-label="${label.join('')}" width="${width}" viewBox="0 0 ${width} 18">${bars.join('')}</svg>`
}

/** Returns the time to recover by scenario and kind of fault, as a table whose colour grows with the time. Pure. */
export function heatSection(lines: readonly NightLine[]): string {
  const cells = heatCells(lines)
  if (cells.length === 0) return ''
  const faults = [...new Set(cells.map(({ fault }) => fault))].sort()
  const slowestMs = Math.max(1, ...cells.map(({ p50Ms }) => (Number.isNaN(p50Ms) ? 0 : p50Ms)))
  const rows = [...Map.groupBy(cells, ({ scenario }) => scenario)].map(
    ([scenario, list]) =>
      `<tr><th scope="row">${escapeHtml(scenario)}</th>${faults
        .map((fault) =>
          heatCell(
            list.find((one) => one.fault === fault),
            slowestMs,
          ),
        )
        .join('')}</tr>`,
  )
  const heads = faults.map((fault) => `<th scope="col">${escapeHtml(fault)}</th>`).join('')
  return card(
    'Recovery by scenario and fault',
    `<p class="soft small">p50 / p99 from the end of the last fault until everybody is back and nothing changes any more. A scenario with several faults counts for each.</p><div class="wide" tabindex="0" role="region" aria-label="recovery by scenario and fault"><table class="heat"><thead><tr><td></td>${heads}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`,
  )
}

function heatCell(cell: HeatCell | undefined, slowestMs: number): string {
  if (cell === undefined) return '<td></td>'
  const heat = Number.isNaN(cell.p50Ms) ? 0 : cell.p50Ms / slowestMs
  const unseen =
    cell.witnessed < cell.asked ? `<br><span class="small">seen ${cell.witnessed}/${cell.asked}</span>` : ''
  return `<td data-heat style="--heat:${heat.toFixed(2)}">${durationOr(cell.p50Ms)} / ${durationOr(cell.p99Ms)}${unseen}</td>`
}
