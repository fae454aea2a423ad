import * as Plot from '@observablehq/plot'
import { drawing, figure, legend, seriesColours, seriesDashes } from './svg.ts'

export interface LinePoint {
  x: number
  y: number
  /** The interval around y. */
  low?: number
  high?: number
}

export interface LineSeries {
  name: string
  points: readonly LinePoint[]
  /** Index of its colour, and of its dashes; default: its place among the series. */
  colour?: number
  dash?: number
}

export interface Axis {
  label: string
  isLog?: boolean
  /** Where there are ticks, and what they say. */
  ticks?: readonly { at: number; text: string }[]
}

export interface LinesOptions {
  caption: string
  x: Axis
  y: Axis
  series: readonly LineSeries[]
  /** Vertical lines with a meaning of their own. */
  marks?: readonly { x: number; text: string }[]
}

/** Returns lines with their interval bands, a legend, a caption and the numbers, as markup. Pure. */
export function linesFigure({ caption, x, y, series, marks = [] }: LinesOptions): string {
  const body = drawing({
    label: caption,
    plot: (size) => ({
      marginLeft: 56,
      marginBottom: 44,
      marginTop: 28,
      marginRight: 20,
      x: scaleOf(x, size === 'phone' ? 4 : 8),
      y: { ...scaleOf(y, 6), ...(y.isLog && rangeOf(series)) },
      marks: [
        Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1, ...(y.isLog && { ticks: 4 }) }),
        ...marks.map(({ x: at }) => Plot.ruleX([at], { stroke: 'var(--soft)', strokeDasharray: '2 3' })),
        ...marks.map(({ x: at, text }) =>
          Plot.text([{ at, text }], { x: 'at', text: 'text', frameAnchor: 'top', dy: -16, fill: 'var(--soft)' }),
        ),
        ...series.flatMap((one, index) => marksOf(one, index)),
      ],
    }),
  })
  const legendOf = legend(
    series.map(({ name, colour, dash }, index) => ({ name, colour: colour ?? index, dash: dash ?? index })),
  )
  return figure(body + legendOf, { caption, table: tableOf(x, y, series) })
}

function scaleOf({ label, isLog, ticks }: Axis, count: number): Plot.ScaleOptions {
  const named = new Map(ticks?.map(({ at, text }) => [at, text]))
  return {
    label,
    labelArrow: 'none',
    ...(isLog && { type: 'log' }),
    ...(ticks
      ? { ticks: ticks.map(({ at }) => at), tickFormat: (at: number) => named.get(at) ?? '' }
      : { ticks: count, ...(isLog && { tickFormat: '~s' }) }),
  } as Plot.ScaleOptions
}

/** How far a band may stretch a logarithmic axis beyond the lines. */
const stretchMost = 3

/** The lines decide what is shown: one band that spans decades would flatten all the others. Bands are cut there. */
function rangeOf(series: readonly LineSeries[]): Plot.ScaleOptions {
  const points = series.flatMap((one) => one.points)
  if (points.length === 0) return {}
  const [least, most] = [Math.min(...points.map(({ y }) => y)), Math.max(...points.map(({ y }) => y))]
  const low = Math.min(...points.map((point) => point.low ?? point.y))
  const high = Math.max(...points.map((point) => point.high ?? point.y))
  return { domain: [Math.max(low, least / stretchMost), Math.min(high, stretchMost * most)], clamp: true }
}

function marksOf({ points, colour: ownColour, dash: ownDash }: LineSeries, index: number): Plot.Markish[] {
  const [colour, dash] = [seriesColours[(ownColour ?? index) % 4], seriesDashes[(ownDash ?? index) % 4]]
  const banded = points.filter(({ low, high }) => low !== undefined && high !== undefined)
  return [
    Plot.areaY(banded, { x: 'x', y1: 'low', y2: 'high', fill: colour!, fillOpacity: 0.18 }),
    Plot.lineY(points, { x: 'x', y: 'y', stroke: colour!, strokeWidth: 2.4, strokeDasharray: dash! }),
    ...(points.length <= 40 ? [Plot.dot(points, { x: 'x', y: 'y', fill: colour!, r: 3.5 })] : []),
  ]
}

const rowsMost = 60

function tableOf(x: Axis, y: Axis, series: readonly LineSeries[]) {
  const rows = series.flatMap(({ name, points }) =>
    points.map((point) => [name, number(point.x), number(point.y), interval(point)]),
  )
  return { head: ['series', x.label, y.label, '95 % interval'], rows: rows.slice(0, rowsMost) }
}

const interval = ({ low, high }: LinePoint) =>
  low === undefined || high === undefined ? '' : `${number(low)} to ${number(high)}`

const number = (value: number) =>
  Math.abs(value) >= 1_000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
