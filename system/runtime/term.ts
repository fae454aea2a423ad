import type { AnyActorRef } from './actor.ts'

/**
 * A value that a table holds. Integers are `bigint` and floats `number`, so that 1n and 1 can be told apart; names that stand for
 * themselves are symbols of `Symbol.for`; tuples are arrays; everything else is a plain object or an actor.
 */
export type Term = bigint | number | string | symbol | boolean | null | AnyActorRef | readonly Term[] | TermObject

export interface TermObject {
  readonly [field: string]: Term
}

const isTuple = (term: Term): term is readonly Term[] => Array.isArray(term)

const isActor = (term: Term): term is AnyActorRef =>
  typeof term === 'object' && term !== null && typeof (term as { onExit?: unknown }).onExit === 'function'

const isObject = (term: Term): term is TermObject =>
  typeof term === 'object' && term !== null && !isTuple(term) && !isActor(term)

/** Equal for terms of the same kind and value, and for no others; made to be a key of a `Map`. */
export function identityOf(term: Term): unknown {
  const isPlain = typeof term === 'string' ? !term.startsWith('\0') : typeof term !== 'object' || term === null
  return isPlain ? term : `\0${write(term)}`
}

function write(term: Term): string {
  if (isTuple(term)) return `[${term.map(write).join()}]`
  if (isActor(term)) return `<${term.id}>`
  if (isObject(term)) return `{${fieldsOf(term).map(([field, value]) => `${JSON.stringify(field)}:${write(value)}`)}}`
  if (typeof term === 'bigint') return `${term}n`
  if (typeof term === 'symbol') return `'${JSON.stringify(term.description)}`
  return typeof term === 'number' ? String(term) : JSON.stringify(term)
}

export const isSameTerm = (one: Term, other: Term): boolean => identityOf(one) === identityOf(other)

/** A copy that shares nothing changeable with the original (RT-28). */
export function copyTerm<T extends Term>(term: T): T {
  if (isTuple(term)) return term.map(copyTerm) as unknown as T
  if (!isObject(term)) return term
  return Object.fromEntries(fieldsOf(term).map(([field, value]) => [field, copyTerm(value)])) as T
}

const fieldsOf = (term: TermObject): [string, Term][] => Object.entries(term).sort(([a], [b]) => (a < b ? -1 : 1))

/** Negative, 0 or positive: numbers by value, symbols, actors, tuples by length, objects, strings. An integer equals its float. */
export function compareTerms(one: Term, other: Term): number {
  const byKind = rankOf(one) - rankOf(other)
  if (byKind !== 0) return byKind
  if (isTuple(one)) return compareTuples(one, other as readonly Term[])
  if (isObject(one)) return compareTuples(fieldsOf(one).flat(), fieldsOf(other as TermObject).flat())
  const [left, right] = [plainOf(one), plainOf(other)]
  return left < right ? -1 : left > right ? 1 : 0
}

function rankOf(term: Term): number {
  if (typeof term === 'bigint' || typeof term === 'number') return 0
  if (typeof term === 'symbol' || typeof term === 'boolean' || term === null) return 1
  if (typeof term === 'string') return 5
  if (isTuple(term)) return 3
  return isActor(term) ? 2 : 4
}

function compareTuples(one: readonly Term[], other: readonly Term[]): number {
  if (one.length !== other.length) return one.length - other.length
  for (const [index, term] of one.entries()) {
    const order = compareTerms(term, other[index]!)
    if (order !== 0) return order
  }
  return 0
}

/** What decides between two terms of one kind that have no parts. */
function plainOf(term: Term): bigint | number | string {
  if (typeof term === 'bigint' || typeof term === 'number' || typeof term === 'string') return term
  if (typeof term === 'symbol') return term.description ?? ''
  return isActor(term) ? Number(term.id) : String(term)
}
