/** One product as it is exported. */
export interface Row {
  id: number
  name: string
  price_usd: number
  exported: boolean
}

export const formats = ['csv', 'json'] as const
export type Format = (typeof formats)[number]

/** A product list of a given length; always the same. Pure. */
export const productRows = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    name: `Sneaker ${index + 1}${index % 10 === 0 ? ', "limited"' : ''}`,
    price_usd: 60 + (index % 140),
    exported: false,
  }))

/** Notes in each row that it was exported. Pure. */
export const flagged = (rows: readonly Row[]): Row[] => rows.map((row) => ({ ...row, exported: true }))

const columns = ['id', 'name', 'price_usd', 'exported'] as const

const written: Readonly<Record<Format, { head: string; row(row: Row): string; between: string; tail: string }>> = {
  csv: {
    head: `${columns.join()}\r\n`,
    row: (row) => `${columns.map((name) => cell(row[name])).join()}\r\n`,
    between: '',
    tail: '',
  },
  json: { head: '[', row: (row) => JSON.stringify(row), between: ',\n', tail: ']\n' },
}

/** As RFC 4180 says: quoted where it has to be. */
function cell(value: string | number | boolean): string {
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The file of these rows, in pieces of at most `rowsPerPiece`, so that the event loop can turn between two of them. Pure. */
export function* fileOf(format: Format, rows: readonly Row[], rowsPerPiece: number): Generator<string> {
  const { head, row, between, tail } = written[format]
  yield head
  for (let from = 0; from < rows.length; from += rowsPerPiece) {
    const piece = rows
      .slice(from, from + rowsPerPiece)
      .map(row)
      .join(between)
    yield from === 0 ? piece : between + piece
  }
  yield tail
}
