import type { Row } from './table-rows.ts'
import { isSameTerm, type Term } from './term.ts'

/** Values of placeholders, by their numbers. */
type Bindings = Map<number, Term>

const anything = Symbol.for('_')

const placeholderOf = (pattern: Term): number | undefined => {
  const [, number] = typeof pattern === 'symbol' ? (/^\$(\d+)$/.exec(pattern.description ?? '') ?? []) : []
  return number === undefined ? undefined : Number(number)
}

/**
 * The values of the placeholders `$1`, `$2` and so on in the order of their numbers, or nothing where the row does not match. `_` matches
 * anything; a placeholder that stands twice wants the same term twice.
 */
export function matchRow(row: Row, pattern: Term): Term[] | undefined {
  const bindings: Bindings = new Map()
  if (!matches(row, pattern, bindings)) return undefined
  return [...bindings].sort(([a], [b]) => a - b).map(([, term]) => term)
}

function matches(term: Term, pattern: Term, bindings: Bindings): boolean {
  if (pattern === anything) return true
  const placeholder = placeholderOf(pattern)
  if (placeholder !== undefined) return binds(placeholder, term, bindings)
  if (!Array.isArray(pattern)) return isSameTerm(term, pattern)
  return (
    Array.isArray(term) &&
    term.length === pattern.length &&
    pattern.every((part, index) => matches(term[index], part, bindings))
  )
}

function binds(placeholder: number, term: Term, bindings: Bindings): boolean {
  const bound = bindings.get(placeholder)
  if (bound !== undefined) return isSameTerm(bound, term)
  bindings.set(placeholder, term)
  return true
}
