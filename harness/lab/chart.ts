import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import type { ChartSpec } from './chart-spec.ts'

const width = 860
const height = 340
const pointsMax = 300

/** A chart as SVG with axes and a legend, in the colours of the page. Pure. */
export function drawChart({ x, y, marks, series, title }: ChartSpec): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const data = series.flatMap(({ name, points }) => thinned(points).map(([px, py]) => ({ x: px, y: py, name })))
  const channels = { x: 'x', y: 'y', stroke: 'name' }
  const drawn = Plot.plot({
    document,
    width,
    height,
    marginLeft: 56,
    style: { background: 'none', color: 'inherit', maxWidth: '100%', height: 'auto', fontSize: '13px' },
    x: { label: x, grid: true },
    y: { label: y, grid: true, zero: true },
    color: { legend: series.length > 1, domain: series.map(({ name }) => name), scheme: 'observable10' },
    marks: [marks === 'lines' ? Plot.lineY(data, channels) : Plot.dot(data, { ...channels, r: 1.8 })],
    ariaLabel: title,
  })
  return drawn.outerHTML
}

/** A picture has no room for more points. */
function thinned<T>(points: readonly T[]): readonly T[] {
  const every = Math.ceil(points.length / pointsMax)
  return points.filter((_, index) => index % every === 0 || index === points.length - 1)
}
