import cliTruncate from 'cli-truncate'
import stringWidth from 'string-width'

/** The size of a terminal, in characters. */
export interface TerminalSize {
  columns: number
  rows: number
}

/**
 * The last lines of a terminal, drawn again and again in place. A line that is too wide is cut, and a terminal that has become narrower
 * since has wrapped what was drawn: both would leave debris if rows were counted as lines.
 */
export function createLiveArea(write: (text: string) => void, size: () => TerminalSize) {
  let drawn: string[] = []

  const rowsOf = (line: string, columns: number) => Math.max(1, Math.ceil(stringWidth(line) / columns))
  function erased(): string {
    const { columns } = size()
    const rows = drawn.reduce((sum, line) => sum + rowsOf(line, columns), 0)
    drawn = []
    return rows > 0 ? `\x1b[${rows}A\x1b[0J` : ''
  }

  return {
    /** Writes `above`, which stays, and then the lines, as many as there is room for. */
    draw(lines: readonly string[], above = '') {
      const { columns, rows } = size()
      const before = erased()
      // The last column stays free: some terminals begin the next row there. So does the last row, where the cursor is.
      drawn = lines.slice(-Math.max(1, rows - 1)).map((line) => cliTruncate(line, Math.max(1, columns - 1)))
      write(`${before}${above}${drawn.map((line) => `${line}\n`).join('')}`)
    },
    erase() {
      const before = erased()
      if (before !== '') write(before)
    },
  }
}
