import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Prefixes of the requirements catalogue, in the order of its index. */
export const prefixes = [
  'CH',
  'PM',
  'MR',
  'ST',
  'CT',
  'PA',
  'RT',
  'DP',
  'LV',
  'RX',
  'AT',
  'FI',
  'DF',
  'AM',
  'NF',
] as const

const idPattern = new RegExp(`\\b(${prefixes.join('|')})-(\\d+)(?:\\.\\.(?:\\1-)?(\\d+))?`, 'g')

/** Every id that a text names; `ST-40..42` names three. */
export function idsIn(text: string): string[] {
  return [...text.matchAll(idPattern)].flatMap(([, prefix, first, last]) => {
    const from = Number(first)
    const to = last ? Number(last) : from
    return Array.from({ length: to - from + 1 }, (_, offset) => `${prefix}-${from + offset}`)
  })
}

/** Ids that the catalogue defines: an entry starts with its id in bold, `- **CH-1 Layering.** …`. */
export function definedIds(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, id] = /^(?:- \*\*|\| )((?:[A-Z]{2})-\d+)\b/.exec(line) ?? []
    return id && prefixes.includes(id.slice(0, 2) as (typeof prefixes)[number]) ? [id] : []
  })
}

/** Ids whose entry says why no test names them: `*Not tested:* …`. */
export const excusedIds = (text: string): string[] =>
  definedIds(
    text
      .split('\n')
      .filter((line) => line.includes('*Not tested:*'))
      .join('\n'),
  )

/** All files below a folder whose name ends so, without fixtures. */
export function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesBelow(path, ending)
    return entry.name.endsWith(ending) ? [path] : []
  })
}

export interface Coverage {
  prefix: string
  covered: string[]
  /** Named by nothing, for a reason that stands in the catalogue. */
  excused: string[]
  uncovered: string[]
}

/** Which defined ids the given texts name, prefix by prefix (AT-53). */
export function coverage(
  defined: readonly string[],
  named: ReadonlySet<string>,
  reasons: readonly string[] = [],
): Coverage[] {
  return prefixes.map((prefix) => {
    const ids = defined.filter((id) => id.startsWith(`${prefix}-`))
    const open = ids.filter((id) => !named.has(id))
    return {
      prefix,
      covered: ids.filter((id) => named.has(id)),
      excused: open.filter((id) => reasons.includes(id)),
      uncovered: open.filter((id) => !reasons.includes(id)),
    }
  })
}

export const readAll = (files: readonly string[]) => files.map((file) => readFileSync(file, 'utf8')).join('\n')
