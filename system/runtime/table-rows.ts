import { compareTerms, identityOf, isSameTerm, type Term } from './term.ts'

/** A tuple with the key at a fixed place. */
export type Row = readonly Term[]

/** How many rows a key may have, and in which order keys stand (RT-29). */
export type TableKind = 'set' | 'ordered_set' | 'bag' | 'duplicate_bag'

/** The rows of one table. Nothing here knows who may see them. */
export interface Rows {
  readonly size: number
  insert(row: Row): void
  /** In the order of insertion. */
  lookup(key: Term): readonly Row[]
  /** Keeps those rows of a key for which the function says so. */
  keep(key: Term, wanted: (row: Row) => boolean): void
  clear(): void
  all(): Row[]
  firstKey(): Term | undefined
  lastKey(): Term | undefined
  /** The next or previous key. In an ordered set, the key itself need not be there; elsewhere a missing one is `'missing'`. */
  neighbour(key: Term, step: 1 | -1): { key: Term } | 'missing' | undefined
}

export const createRows = (kind: TableKind, keyIndex: number): Rows =>
  kind === 'ordered_set' ? createOrderedRows(keyIndex) : createHashedRows(kind, keyIndex)

/** Keys are compared exactly: 1n and 1 are two. */
function createHashedRows(kind: Exclude<TableKind, 'ordered_set'>, keyIndex: number): Rows {
  const byKey = new Map<unknown, Row[]>()
  let size = 0
  /** The keys in the order of insertion and where each stands, until something changes. */
  let order: { keys: Term[]; places: Map<unknown, number> } | undefined

  function walk() {
    if (order) return order
    const keys = [...byKey.values()].map(([row]) => row![keyIndex]!)
    order = { keys, places: new Map(keys.map((key, place) => [identityOf(key), place])) }
    return order
  }

  function put(key: unknown, before: Row[], after: Row[]) {
    if (before.length === 0 || after.length === 0) order = undefined
    size += after.length - before.length
    if (after.length > 0) byKey.set(key, after)
    else byKey.delete(key)
  }

  function added(rows: Row[], row: Row): Row[] {
    if (kind === 'set') return [row]
    return kind === 'bag' && rows.some((other) => isSameTerm(other, row)) ? rows : [...rows, row]
  }

  return {
    get size() {
      return size
    },
    insert(row) {
      const key = identityOf(row[keyIndex]!)
      const rows = byKey.get(key) ?? []
      put(key, rows, added(rows, row))
    },
    lookup: (key) => byKey.get(identityOf(key)) ?? [],
    keep(key, wanted) {
      const rows = byKey.get(identityOf(key)) ?? []
      put(identityOf(key), rows, rows.filter(wanted))
    },
    clear() {
      byKey.clear()
      order = undefined
      size = 0
    },
    all: () => [...byKey.values()].flat(),
    firstKey: () => walk().keys[0],
    lastKey: () => walk().keys[0],
    neighbour(key, step) {
      const { keys, places } = walk()
      const place = places.get(identityOf(key))
      if (place === undefined) return 'missing'
      const next = keys[place + step]
      return next === undefined ? undefined : { key: next }
    },
  }
}

/** Rows sorted by key, compared by value: 1n and 1 are one. */
function createOrderedRows(keyIndex: number): Rows {
  let rows: Row[] = []
  const keyAt = (index: number) => rows[index]?.[keyIndex]

  /** Where the key stands or would stand. */
  function find(key: Term): { index: number; found: boolean } {
    let [low, high] = [0, rows.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (compareTerms(keyAt(middle)!, key) < 0) low = middle + 1
      else high = middle
    }
    return { index: low, found: low < rows.length && compareTerms(keyAt(low)!, key) === 0 }
  }

  return {
    get size() {
      return rows.length
    },
    insert(row) {
      const { index, found } = find(row[keyIndex]!)
      rows.splice(index, found ? 1 : 0, row)
    },
    lookup(key) {
      const { index, found } = find(key)
      return found ? [rows[index]!] : []
    },
    keep(key, wanted) {
      const { index, found } = find(key)
      if (found && !wanted(rows[index]!)) rows.splice(index, 1)
    },
    clear() {
      rows = []
    },
    all: () => [...rows],
    firstKey: () => keyAt(0),
    lastKey: () => keyAt(rows.length - 1),
    neighbour(key, step) {
      const { index, found } = find(key)
      const next = keyAt(step === -1 ? index - 1 : found ? index + 1 : index)
      return next === undefined ? undefined : { key: next }
    },
  }
}
