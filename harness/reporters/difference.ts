import { structuredPatch } from 'diff'

export interface DiffLine {
  sign: '+' | '-' | ' ' | '…'
  text: string
}

/** Returns what was expected (`-`) and seen (`+`) as the lines of a diff, with a little of what is the same around it. Pure. */
export function differenceOf(expected: unknown, seen: unknown): DiffLine[] {
  const { hunks } = structuredPatch('', '', linesOf(expected), linesOf(seen), '', '', { context: 3 })
  return hunks.flatMap(({ lines }, index) => [
    ...(index > 0 ? [{ sign: '…', text: '' } as const] : []),
    ...lines
      .filter((line) => !line.startsWith('\\'))
      .map((line) => ({ sign: line[0] as DiffLine['sign'], text: line.slice(1) })),
  ])
}

/** One value a line, as people write lists: without the quotes, brackets and commas that only programs need. */
function linesOf(value: unknown): string {
  if (typeof value === 'string') return `${value.replace(/></g, '>\n<')}\n`
  return `${outline(value, '').join('\n')}\n`
}

function outline(value: unknown, indent: string): string[] {
  if (typeof value !== 'object' || value === null) return [`${indent}${plain(value)}`]
  if (isFlat(value)) return [`${indent}${flat(value)}`]
  if (Array.isArray(value))
    return value.flatMap((one) => (isFlat(one) ? [`${indent}${flat(one)}`] : outline(one, indent)))
  return Object.entries(value).flatMap(([name, one]) =>
    isFlat(one) ? [`${indent}${name}: ${flat(one)}`] : [`${indent}${name}:`, ...outline(one, `${indent}  `)],
  )
}

const plain = (value: unknown) => (value === null || value === undefined ? 'nothing' : String(value))
const isPlain = (value: unknown) => typeof value !== 'object' || value === null
/** What differs in a longer one would be hard to find in one line. */
const shortList = 4

/** Fits into one line. */
const isFlat = (value: unknown): boolean =>
  isPlain(value) || (Object.keys(value as object).length <= shortList && Object.values(value as object).every(isPlain))

function flat(value: unknown): string {
  if (isPlain(value)) return plain(value)
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(plain).join(', ')
  const entries = Object.entries(value as object).map(([name, one]) => `${name} ${plain(one)}`)
  return entries.length === 0 ? 'none' : entries.join(', ')
}
