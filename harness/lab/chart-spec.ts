/** One line or cloud of points. */
export interface Series {
  name: string
  points: readonly (readonly [x: number, y: number])[]
}

/** What a chart shows. */
export interface ChartSpec {
  title: string
  x: string
  y: string
  marks: 'lines' | 'dots'
  series: readonly Series[]
}
