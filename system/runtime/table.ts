import type { AnyActorRef } from './actor.ts'
import { estimateBytes } from './estimate-bytes.ts'
import { matchRow } from './match-pattern.ts'
import { createRows, type Row, type Rows, type TableKind } from './table-rows.ts'
import { copyTerm, isSameTerm, type Term } from './term.ts'

export type { Row } from './table-rows.ts'

/** protected: the owner writes and all read; public: all do both; private: the owner does both (RT-30). */
export type TableAccess = 'protected' | 'public' | 'private'

export interface TableOptions {
  /** Found under this name; taken until the table is gone. */
  name?: string
  kind?: TableKind
  access?: TableAccess
  /** Where in a row its key stands, from 0. */
  keyIndex?: number
  /** Becomes the owner when the owner ends, unless it has ended itself. */
  heir?: { actor: AnyActorRef; inherited?(from: AnyActorRef): void }
}

/** An operation that is not allowed, on a table that is gone, or with arguments that cannot be. Nothing has changed. */
export class TableRefused extends Error {
  override name = 'TableRefused'
}

/** Adds to an integer in a row; beyond the limit, in the direction of the step, the value is set to `reset`. */
export interface CounterStep {
  index: number
  by: bigint
  wrap?: { limit: bigint; reset: bigint }
}

export interface TableInfo {
  kind: TableKind
  access: TableAccess
  keyIndex: number
  size: number
  owner: AnyActorRef
  heir: AnyActorRef | undefined
}

/** Rows in memory that many actors share; `by` says who does something. All operations may throw TableRefused. */
export interface Table {
  insert(by: AnyActorRef, rows: readonly Row[]): void
  /** All of them, or none and false where a key is there already. */
  insertNew(by: AnyActorRef, rows: readonly Row[]): boolean
  lookup(by: AnyActorRef, key: Term): Row[]
  /** One element of each row of the key, the newest row first; refused for a missing key. */
  lookupElement(by: AnyActorRef, key: Term, index: number): Term[]
  has(by: AnyActorRef, key: Term): boolean
  delete(by: AnyActorRef, key: Term): void
  deleteRow(by: AnyActorRef, row: Row): void
  clear(by: AnyActorRef): void
  take(by: AnyActorRef, key: Term): Row[]
  /** Returns the new values. A missing key begins with `initial`. */
  updateCounter(by: AnyActorRef, key: Term, steps: readonly CounterStep[], initial?: Row): bigint[]
  /** False where the key is missing. */
  updateElements(by: AnyActorRef, key: Term, changes: readonly { index: number; value: Term }[]): boolean
  /** For each row that matches, the values of the placeholders. */
  match(by: AnyActorRef, pattern: Term): Term[][]
  matchRows(by: AnyActorRef, pattern: Term): Row[]
  matchDelete(by: AnyActorRef, pattern: Term): void
  rows(by: AnyActorRef): Row[]
  firstKey(by: AnyActorRef): Term | undefined
  lastKey(by: AnyActorRef): Term | undefined
  /** Refused for a key that is not there, unless the table is ordered. */
  nextKey(by: AnyActorRef, key: Term): Term | undefined
  previousKey(by: AnyActorRef, key: Term): Term | undefined
  /** For everybody; nothing once the table is gone. */
  info(): TableInfo | undefined
  /** About how much memory its rows take, from a few of them; for everybody. */
  estimatedBytes(): number
  giveAway(by: AnyActorRef, to: AnyActorRef): void
  drop(by: AnyActorRef): void
}

export interface Tables {
  /** Throws TableRefused where the name is taken or the owner has ended. */
  create(owner: AnyActorRef, options?: TableOptions): Table
  named(name: string): Table | undefined
  /** Those that are not gone, also without a name, in the order of their creation. */
  all(): { name: string | undefined; table: Table }[]
}

/** Shared tables of one node (RT-28): each has an owner and vanishes with it, and rows are copied in and out. */
export function createTables(): Tables {
  const byName = new Map<string, Table>()
  const names = new Map<Table, string | undefined>()
  return {
    create(owner, options = {}) {
      const { name } = options
      if (!owner.alive) throw new TableRefused(`${owner.name ?? owner.id} has ended; a table needs a living owner`)
      if (name !== undefined && byName.has(name))
        throw new TableRefused(`there is a table ${name}; drop it first, or choose another name`)
      const table = createTable(owner, options, () => {
        names.delete(table)
        if (name !== undefined) byName.delete(name)
      })
      names.set(table, name)
      if (name !== undefined) byName.set(name, table)
      return table
    },
    named: (name) => byName.get(name),
    all: () => [...names].map(([table, name]) => ({ name, table })),
  }
}

const rowsSampled = 100

function createTable(creator: AnyActorRef, options: TableOptions, onGone: () => void): Table {
  const { kind = 'set', access = 'protected', keyIndex = 0, heir, name = 'a table' } = options
  const rows = createRows(kind, keyIndex)
  let owner = creator
  let gone = false
  let forget = watch(creator)

  function watch(actor: AnyActorRef): () => void {
    return actor.onExit(() => {
      if (!heir?.actor.alive) return vanish()
      passTo(heir.actor)
      heir.inherited?.(actor)
    })
  }

  function passTo(next: AnyActorRef) {
    forget()
    owner = next
    forget = watch(next)
  }

  function vanish() {
    gone = true
    forget()
    rows.clear()
    onGone()
  }

  function refuse(sentence: string): never {
    throw new TableRefused(sentence)
  }

  function allow(by: AnyActorRef, right: 'read' | 'write'): Rows {
    if (gone) refuse(`${name} is gone; create it again`)
    const isAllowed = by === owner || access === 'public' || (access === 'protected' && right === 'read')
    if (!isAllowed) refuse(`${by.name ?? by.id} may not ${right} ${name}, which is ${access}; ask its owner`)
    return rows
  }

  function checkRow(row: Row) {
    if (!Array.isArray(row) || row.length <= keyIndex)
      refuse(`expected a row with a key at ${keyIndex}; got ${Array.isArray(row) ? row.length : 'no'} elements`)
  }

  /** The one row of a key, to be changed element by element. */
  function changeable(key: Term): Term[] | undefined {
    if (kind === 'bag' || kind === 'duplicate_bag') refuse(`${name} is a ${kind}; only rows of a set can be changed`)
    const [row] = rows.lookup(key)
    return row && [...row]
  }

  /** The row that a missing key begins with, whatever stands in it in place of the key. */
  function beginning(key: Term, initial: Row | undefined): Term[] {
    if (!initial) refuse(`${name} does not have this key; insert it first, or say with what it begins`)
    checkRow(initial)
    return copyTerm(initial).with(keyIndex, copyTerm(key))
  }

  function checkElement(row: Row, index: number) {
    if (index === keyIndex || index < 0 || index >= row.length)
      refuse(`expected an element from 0 to ${row.length - 1} that is not the key; got ${index}`)
  }

  function step(row: Term[], { index, by, wrap }: CounterStep): bigint {
    checkElement(row, index)
    const before = row[index]!
    if (typeof before !== 'bigint') refuse(`expected an integer at ${index}; got ${String(before)}`)
    const after = before + by
    const isBeyond = wrap !== undefined && (by < 0n ? after < wrap.limit : after > wrap.limit)
    row[index] = isBeyond ? wrap.reset : after
    return row[index]
  }

  function neighbour(by: AnyActorRef, key: Term, direction: 1 | -1): Term | undefined {
    const next = allow(by, 'read').neighbour(key, direction)
    if (next === 'missing') refuse(`${name} does not have this key, and has no order; begin at its first key`)
    return next && copyTerm(next.key)
  }

  const matching = (pattern: Term) => rows.all().filter((row) => matchRow(row, pattern))

  const removeRow = (row: Row) => rows.keep(row[keyIndex]!, (other) => !isSameTerm(other, row))

  return {
    insert(by, more) {
      allow(by, 'write')
      for (const row of more) checkRow(row)
      for (const row of more) rows.insert(copyTerm(row))
    },
    insertNew(by, more) {
      allow(by, 'write')
      for (const row of more) checkRow(row)
      if (more.some((row) => rows.lookup(row[keyIndex]!).length > 0)) return false
      for (const row of more) rows.insert(copyTerm(row))
      return true
    },
    lookup: (by, key) => allow(by, 'read').lookup(key).map(copyTerm),
    lookupElement(by, key, index) {
      const found = allow(by, 'read').lookup(key)
      if (found.length === 0 || found.some((row) => index < 0 || index >= row.length))
        refuse(`${name} has no element ${index} under this key`)
      return found.map((row) => copyTerm(row[index]!)).reverse()
    },
    has: (by, key) => allow(by, 'read').lookup(key).length > 0,
    delete: (by, key) => allow(by, 'write').keep(key, () => false),
    deleteRow(by, row) {
      allow(by, 'write')
      checkRow(row)
      removeRow(row)
    },
    clear: (by) => allow(by, 'write').clear(),
    take(by, key) {
      const taken = [...allow(by, 'write').lookup(key)]
      rows.keep(key, () => false)
      return taken
    },
    updateCounter(by, key, steps, initial) {
      allow(by, 'write')
      const row = changeable(key) ?? beginning(key, initial)
      const values = steps.map((one) => step(row, one))
      rows.insert(row)
      return values
    },
    updateElements(by, key, changes) {
      allow(by, 'write')
      const row = changeable(key)
      if (!row) return false
      for (const { index } of changes) checkElement(row, index)
      for (const { index, value } of changes) row[index] = copyTerm(value)
      rows.insert(row)
      return true
    },
    match(by, pattern) {
      const all = allow(by, 'read').all()
      return all.flatMap((row) => {
        const values = matchRow(row, pattern)
        return values ? [copyTerm(values) as Term[]] : []
      })
    },
    matchRows(by, pattern) {
      allow(by, 'read')
      return matching(pattern).map(copyTerm)
    },
    matchDelete(by, pattern) {
      allow(by, 'write')
      for (const row of matching(pattern)) removeRow(row)
    },
    rows: (by) => allow(by, 'read').all().map(copyTerm),
    firstKey: (by) => copied(allow(by, 'read').firstKey()),
    lastKey: (by) => copied(allow(by, 'read').lastKey()),
    nextKey: (by, key) => neighbour(by, key, 1),
    previousKey: (by, key) => neighbour(by, key, kind === 'ordered_set' ? -1 : 1),
    info: () => (gone ? undefined : { kind, access, keyIndex, size: rows.size, owner, heir: heir?.actor }),
    estimatedBytes() {
      const sample = rows.all().slice(0, rowsSampled)
      return sample.length === 0 ? 0 : Math.round((estimateBytes(sample) / sample.length) * rows.size)
    },
    giveAway(by, to) {
      if (gone || by !== owner) refuse(`only its owner may give ${name} away`)
      if (!to.alive || to === owner) refuse(`expected another living actor to give ${name} to`)
      passTo(to)
    },
    drop(by) {
      allow(by, 'write')
      vanish()
    },
  }
}

const copied = (key: Term | undefined) => (key === undefined ? undefined : copyTerm(key))
