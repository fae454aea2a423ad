/** What several measurements of one thing come to. */
export interface Figure {
  median: number
  least: number
  most: number
}

export const figureOf = (values: readonly number[]): Figure => {
  const sorted = [...values].sort((a, b) => a - b)
  return { median: medianOf(sorted), least: sorted[0]!, most: sorted.at(-1)! }
}

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
