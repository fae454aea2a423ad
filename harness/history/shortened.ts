import { createHash } from 'node:crypto'

const mostCharacters = 1_000
const beginningCharacters = 60

/**
 * Returns a received payload as a history keeps it: a long text only by its beginning, its length and its hash, so that two texts are still
 * equal only when they were. A flood of large messages would otherwise be most of what a run writes and reads.
 */
export function shortened(value: unknown): unknown {
  if (typeof value === 'string') return value.length > mostCharacters ? inShort(value) : value
  if (Array.isArray(value)) return value.map(shortened)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shortened(one)]))
}

function inShort(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16)
  return `${text.slice(0, beginningCharacters)}... (${text.length} characters, SHA-256 ${hash})`
}
