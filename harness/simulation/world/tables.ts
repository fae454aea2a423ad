import type { Clock } from '../../../system/platform/clock.ts'

export type Row = Readonly<Record<string, unknown>>

/** What a statement sees of the tables, and what it does to them. */
export interface Transaction {
  /** As it is for this transaction: its own writes, and else what is committed now. */
  get(key: string): Row | undefined
  /** All rows whose keys begin like this, in the order in which they came. */
  scan(prefix: string): Row[]
  /** Resolves when nobody else holds the row; fails when that takes too long. */
  lock(key: string): Promise<void>
  put(key: string, row: Row): void
  /** Numbers are never given twice, also when a transaction is taken back. */
  nextId(sequence: string): number
  commit(): void
  rollback(): void
}

interface Lock {
  holder: Transaction
  waiting: { transaction: Transaction; granted(): void }[]
}

/** As `statement_timeout`. */
const lockWithinMs = 3_000

/** Rows by key, `sales/7`: read committed, with a lock for each row that is written. */
export function createTables(clock: Clock) {
  const committed = new Map<string, Row>()
  const locks = new Map<string, Lock>()
  const ids = new Map<string, number>()

  function release(key: string) {
    const lock = locks.get(key)
    const next = lock?.waiting.shift()
    if (!lock || !next) return void locks.delete(key)
    lock.holder = next.transaction
    next.granted()
  }

  function waitFor(lock: Lock, transaction: Transaction): Promise<void> {
    return new Promise((resolve, reject) => {
      const granted = () => {
        cancel()
        resolve()
      }
      const entry = { transaction, granted }
      const cancel = clock.after(lockWithinMs, () => {
        lock.waiting = lock.waiting.filter((one) => one !== entry)
        reject(new Error('canceling statement due to statement timeout'))
      })
      lock.waiting.push(entry)
    })
  }

  function begin({ isReadOnly }: { isReadOnly: boolean }): Transaction {
    const own = new Map<string, Row>()
    const held = new Set<string>()

    function end() {
      own.clear()
      for (const key of held) release(key)
      held.clear()
    }

    const transaction: Transaction = {
      get: (key) => own.get(key) ?? committed.get(key),
      scan: (prefix) =>
        [...new Map([...committed, ...own])].flatMap(([key, row]) => (key.startsWith(prefix) ? [row] : [])),
      async lock(key) {
        if (isReadOnly) throw new Error('cannot execute a writing statement in a read-only transaction')
        if (held.has(key)) return
        const lock = locks.get(key)
        if (lock) await waitFor(lock, transaction)
        else locks.set(key, { holder: transaction, waiting: [] })
        held.add(key)
      },
      put(key, row) {
        if (!held.has(key)) throw new Error(`${key} is written without its lock`)
        own.set(key, row)
      },
      nextId(sequence) {
        const id = (ids.get(sequence) ?? 0) + 1
        ids.set(sequence, id)
        return id
      },
      commit() {
        for (const [key, row] of own) committed.set(key, row)
        end()
      },
      rollback: end,
    }
    return transaction
  }

  return {
    begin,
    rows: (prefix: string) => [...committed].flatMap(([key, row]) => (key.startsWith(prefix) ? [row] : [])),
    seed: (key: string, row: Row) => void committed.set(key, row),
  }
}
