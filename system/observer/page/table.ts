import { escapeHtml } from '../../platform/html.ts'

export interface Column<Row> {
  /** HTML. */
  title: string
  /** HTML of one cell. */
  cell(row: Row): string
  isNumber?: true
}

export const text = (value: string | number): string => escapeHtml(value)

/** An HTML table that scrolls inside itself where it is too wide. */
export function tableOf<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const classOf = ({ isNumber }: Column<Row>) => (isNumber ? ' class="number"' : '')
  const head = columns.map((column) => `<th scope="col"${classOf(column)}>${column.title}</th>`).join('')
  const line = (row: Row) =>
    `<tr>${columns.map((column) => `<td${classOf(column)}>${column.cell(row)}</td>`).join('')}</tr>`
  const body = rows.length > 0 ? rows.map(line).join('\n') : `<tr><td colspan="${columns.length}">none</td></tr>`
  return `<div class="scroll" tabindex="0" role="region" aria-label="${text(caption)}"><table><caption>${text(caption)}</caption><thead><tr>${head}</tr></thead><tbody>
${body}
</tbody></table></div>`
}

/** Names and values, in two columns. */
export const factsOf = (facts: readonly (readonly [name: string, value: string])[]): string =>
  `<dl>${facts.map(([name, value]) => `<div><dt>${text(name)}</dt><dd>${text(value)}</dd></div>`).join('')}</dl>`
