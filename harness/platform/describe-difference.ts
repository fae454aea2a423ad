import { describeValue } from './plain-text.ts'

/** Beyond this nobody finds the difference in a sentence. */
const shortWords = 120
const excerptCharacters = 80

/** Returns what is seen instead of what was expected, in words: of large values only the first part that differs. */
export function describeDifference(seen: unknown, expected: unknown): string {
  const [one, other] = [describeValue(seen), describeValue(expected)]
  if (one.length <= shortWords && other.length <= shortWords) return `${one} instead of ${other}`
  const { path, seen: own, expected: wanted } = firstDifference(seen, expected)
  return `${[...path, excerpt(own, wanted)].join(' ')} instead of ${excerpt(wanted, own)}`
}

interface Difference {
  path: string[]
  seen: unknown
  expected: unknown
}

function firstDifference(seen: unknown, expected: unknown): Difference {
  if (!isObject(seen) || !isObject(expected)) return { path: [], seen, expected }
  const names = new Set([...Object.keys(expected), ...Object.keys(seen)])
  const name = [...names].find((one) => JSON.stringify(seen[one]) !== JSON.stringify(expected[one]))
  if (name === undefined) return { path: [], seen, expected }
  const { path, ...values } = firstDifference(seen[name], expected[name])
  return { path: [Array.isArray(seen) ? `entry ${Number(name) + 1}` : name, ...path], ...values }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Of a long text the part in which it begins to differ from another. */
function excerpt(value: unknown, other: unknown): string {
  if (typeof value !== 'string' || typeof other !== 'string' || value.length <= shortWords) return describeValue(value)
  let at = 0
  while (at < value.length && value[at] === other[at]) at += 1
  const from = Math.max(0, at - excerptCharacters / 2)
  return `"${from > 0 ? '…' : ''}${value.slice(from, from + excerptCharacters)}…"`
}
