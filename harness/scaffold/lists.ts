/** Adds a line to those that fit the pattern and stand together, where it belongs by the alphabet. Throws when no line fits. Pure. */
export function addSorted(text: string, pattern: RegExp, line: string, keyOf = (one: string) => one): string {
  const lines = text.split('\n')
  const places = lines.flatMap((one, index) => (pattern.test(one) ? [index] : []))
  const last = places.at(-1)
  if (last === undefined) throw new Error(`found no line like ${pattern} beside which to add "${line.trim()}"`)
  const after = places.find((index) => keyOf(lines[index]!) > keyOf(line))
  return lines.toSpliced(after ?? last + 1, 0, line).join('\n')
}

/** The path that a line imports from: imports are sorted by it. */
export const importedPath = (line: string) => /from '([^']+)'/.exec(line)?.[1] ?? ''

/** `db.isolation` and `claps-counted` as `dbIsolation` and `clapsCounted`. */
export const camelCase = (name: string) => name.replaceAll(/[.-](\w)/g, (_, letter: string) => letter.toUpperCase())

/** `missed-release` as `missed release`. */
export const asWords = (name: string) => name.replaceAll(/[.-]/g, ' ')
