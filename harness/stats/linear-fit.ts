import { meanOf } from './mean-interval.ts'

export interface LinearFit {
  slope: number
  intercept: number
  /** -1 to 1; NaN where one of the two does not vary. */
  correlation: number
}

/** The straight line with the least squares through the points; NaN from fewer than two. Pure. */
export function linearFit(points: readonly (readonly [x: number, y: number])[]): LinearFit {
  const meanX = meanOf(points.map(([x]) => x))
  const meanY = meanOf(points.map(([, y]) => y))
  const sum = (of: (x: number, y: number) => number) =>
    points.reduce((total, [x, y]) => total + of(x - meanX, y - meanY), 0)
  const [xx, xy, yy] = [sum((x) => x * x), sum((x, y) => x * y), sum((_, y) => y * y)]
  const slope = xy / xx
  return { slope, intercept: meanY - slope * meanX, correlation: xy / Math.sqrt(xx * yy) }
}
