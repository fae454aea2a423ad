import * as Plot from '@observablehq/plot'
import { drawing, figure, legend, seriesColours } from './svg.ts'

export interface PairPoint {
  /** 1 and up. */
  block: number
  first: number
  second: number
  control: number
}

export interface PairsOptions {
  caption: string
  unit: string
  names: { first: string; second: string; control: string }
  pairs: readonly PairPoint[]
}

const [firstColour, secondColour, controlColour] = seriesColours

/** Returns the runs of each block as dots, both arms joined by a line. Pure. */
export function pairsFigure({ caption, unit, names, pairs }: PairsOptions): string {
  const dots = (value: 'first' | 'second' | 'control', fill: string, symbol: string, dx: number) =>
    Plot.dot(pairs, { x: 'block', y: value, fill, r: 5, symbol: symbol as 'circle', dx })
  const body = drawing({
    label: caption,
    plot: () => ({
      marginLeft: 56,
      marginBottom: 40,
      marginTop: 24,
      x: { label: 'block', labelArrow: 'none', type: 'point', padding: 0.6 },
      y: { label: unit, labelArrow: 'none', type: 'log', tickFormat: '~s', ticks: 6 },
      marks: [
        Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 4 }),
        Plot.link(pairs, { x: 'block', y1: 'first', y2: 'second', stroke: 'var(--soft)', strokeWidth: 1.5 }),
        dots('control', controlColour, 'diamond', 10),
        dots('first', firstColour, 'circle', 0),
        dots('second', secondColour, 'square', 0),
      ],
    }),
  })
  const entries = [names.first, names.second, names.control].map((name, index) => ({
    name,
    colour: index,
    dash: index,
  }))
  const rows = pairs.map(({ block, first, second, control }) =>
    [block, first, second, control].map((one) => String(Number(one.toPrecision(4)))),
  )
  const table = {
    head: ['block', `${names.first}, ${unit}`, `${names.second}, ${unit}`, `${names.control}, ${unit}`],
    rows,
  }
  return figure(body + legend(entries), { caption, table })
}

export interface RatioRow {
  name: string
  mean: number
  low: number
  high: number
}

/** Returns intervals of ratios as bars beside the margin within which a difference does not matter. Pure. */
export function ratiosFigure(caption: string, margin: number, rows: readonly RatioRow[]): string {
  const [from, to] = [1 / (1 + margin), 1 + margin]
  const body = drawing({
    label: caption,
    height: 60 + 56 * rows.length,
    plot: () => ({
      marginLeft: 16,
      marginRight: 16,
      marginBottom: 40,
      marginTop: 10,
      x: { label: 'ratio of the latencies', labelArrow: 'none', type: 'log', tickFormat: '~g', ticks: 5 },
      y: { axis: null, type: 'band', domain: rows.map(({ name }) => name) },
      marks: [
        Plot.rectX([{ from, to }], { x1: 'from', x2: 'to', fill: 'var(--lane)' }),
        Plot.ruleX([1], { stroke: 'var(--soft)' }),
        Plot.link(rows, {
          x1: 'low',
          x2: 'high',
          y: 'name',
          stroke: firstColour,
          strokeWidth: 5,
          strokeLinecap: 'round',
        }),
        Plot.text(rows, {
          text: 'name',
          y: 'name',
          frameAnchor: 'left',
          textAnchor: 'start',
          dy: -16,
          fill: 'currentColor',
        }),
        Plot.dot(rows, { x: 'mean', y: 'name', fill: 'var(--ink)', r: 5 }),
      ],
    }),
  })
  const table = {
    head: ['', 'ratio', '95 % interval'],
    rows: rows.map(({ name, mean, low, high }) => [name, mean.toFixed(3), `${low.toFixed(3)} to ${high.toFixed(3)}`]),
  }
  return figure(body, { caption, table })
}
