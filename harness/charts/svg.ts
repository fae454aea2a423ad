import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { escapeHtml } from '../reporters/escape.ts'

/** Colours of series, as variables of the page, so that they follow its light or dark theme. */
export const seriesColours = ['var(--series-1)', 'var(--series-2)', 'var(--series-3)', 'var(--series-4)'] as const
/** Series differ in their dashes too: colour alone is not for everybody. */
export const seriesDashes = ['', '7 4', '2 3', '10 3 2 3'] as const

/** A drawing is made twice: one that is shrunk to a phone could not be read. */
const widths = { desk: 980, phone: 360 } as const
export type Size = keyof typeof widths

export type DrawnPlot = Omit<Plot.PlotOptions, 'document' | 'width' | 'height'>

interface Drawing {
  /** For those who cannot see it. */
  label: string
  /** Default: two fifths of the width, at least 240. */
  height?: number
  plot(size: Size): DrawnPlot
}

/** Returns a drawing as markup with one SVG for wide windows and one for narrow ones. Pure. */
export function drawing({ label, height, plot }: Drawing): string {
  const sizes: readonly Size[] = ['desk', 'phone']
  return sizes.map((size) => `<div class="${size}-only">${draw(plot(size), size, height, label)}</div>`).join('')
}

function draw(options: DrawnPlot, size: Size, height: number | undefined, label: string): string {
  const { document } = parseHTML('<html><body></body></html>')
  const width = widths[size]
  const svg = Plot.plot({
    ...options,
    document,
    width,
    height: height ?? Math.max(240, Math.round(0.42 * width)),
    className: `chart-${size}`,
    style: { background: 'none', fontSize: '12px' },
  })
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', escapeHtml(label))
  return svg.outerHTML
}

export interface LegendEntry {
  name: string
  /** Index of its colour, and of its dashes. */
  colour: number
  dash: number
}

/** Returns the names of the series with their lines. */
export function legend(entries: readonly LegendEntry[]): string {
  const items = entries.map((entry) => {
    const [colour, dash] = [seriesColours[entry.colour % 4], seriesDashes[entry.dash % 4]]
    const line = `<line x1="0" y1="6" x2="30" y2="6" stroke="${colour}" stroke-width="3" stroke-dasharray="${dash}"/>`
    return `<li><svg width="30" height="12" aria-hidden="true">${line}</svg> ${escapeHtml(entry.name)}</li>`
  })
  return `<ul class="legend">${items.join('')}</ul>`
}

export interface FigureText {
  /** What the picture shows, in a sentence. */
  caption: string
  /** The same numbers for those who cannot see the picture, or want to copy them. */
  table: { head: readonly string[]; rows: readonly (readonly string[])[] }
}

/** Returns a picture with its caption and its numbers. `body` is markup. */
export function figure(body: string, { caption, table }: FigureText): string {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`
  const rows = table.rows.map((cells) => row(cells, 'td')).join('')
  const numbers = `<div class="wide"><table><thead>${row(table.head, 'th')}</thead><tbody>${rows}</tbody></table></div>`
  return `<figure>${body}<figcaption>${escapeHtml(caption)}</figcaption><details><summary>Numbers</summary>${numbers}</details></figure>`
}
