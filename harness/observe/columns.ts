import cliTruncate from 'cli-truncate'
import stringWidth from 'string-width'

export interface Column<Row> {
  title: string
  /** In characters; one column without a width takes what is left. */
  width?: number
  isNumber?: true
  cell(row: Row): string
}

const gap = ' '
const flexibleMin = 20

/** Exactly as wide as it is asked for, or cut with a mark. */
export function fitted(text: string, width: number, isNumber = false): string {
  const cut = stringWidth(text) > width ? cliTruncate(text, width) : text
  const filling = ' '.repeat(Math.max(0, width - stringWidth(cut)))
  return isNumber ? `${filling}${cut}` : `${cut}${filling}`
}

/** The title and a line for each row, as wide as the terminal at most (RT-72). Pure. */
export function linesOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): string[] {
  const fixed = columns.reduce((sum, one) => sum + (one.width ?? 0), (columns.length - 1) * gap.length)
  const widthOf = (column: Column<Row>) => column.width ?? Math.max(flexibleMin, width - fixed)
  const lineOf = (textOf: (column: Column<Row>) => string) =>
    cut(columns.map((one) => fitted(textOf(one), widthOf(one), one.isNumber)).join(gap), width)
  return [lineOf(({ title }) => title), ...rows.map((row) => lineOf(({ cell }) => cell(row)))]
}

/** Cut to the width, without blanks at its end. */
export const cut = (line: string, width: number): string => cliTruncate(line, width).trimEnd()
