import type { Clock } from '../../../system/platform/clock.ts'
import { deadlock, statementTimeout } from './sql-error.ts'

export type Row = Readonly<Record<string, unknown>>

/** What a statement sees of the tables, and what it does to them. */
export interface Transaction {
  readonly isReadOnly: boolean
  /** As it is for this transaction: its own writes, and else what is committed now. */
  get(key: string): Row | undefined
  /** All rows whose keys begin like this, in the order in which they came. */
  scan(prefix: string): Row[]
  /** Resolves when nobody else holds the row. Throws SqlError when that takes too long, or would never be. */
  lock(key: string): Promise<void>
  put(key: string, row: Row): void
  /** Numbers are never given twice, also when a transaction is taken back. */
  nextId(sequence: string): number
  commit(): void
  rollback(): void
}

interface TransactionOptions {
  isReadOnly: boolean
  /** How long a statement waits for a lock. Default: for ever. */
  statementTimeoutMs?: number | undefined
}

interface Waiting {
  transaction: Transaction
  granted(): void
  failed(error: Error): void
}

interface Lock {
  holder: Transaction
  waiting: Waiting[]
}

/** As `deadlock_timeout`: after this wait a transaction looks whether it waits for itself. */
const deadlockAfterMs = 1_000

/** Rows by key, `sales/7`: read committed, with a lock for each row that is written. */
export function createTables(clock: Clock) {
  const committed = new Map<string, Row>()
  const locks = new Map<string, Lock>()
  const waitsFor = new Map<Transaction, Lock>()
  const ids = new Map<string, number>()

  function release(key: string) {
    const lock = locks.get(key)
    const next = lock?.waiting.shift()
    if (!lock || !next) return void locks.delete(key)
    lock.holder = next.transaction
    next.granted()
  }

  /** Whether the transaction waits for one that waits for it. */
  function isDeadlocked(transaction: Transaction): boolean {
    let holder = waitsFor.get(transaction)?.holder
    for (const seen = new Set<Transaction>(); holder && !seen.has(holder); holder = waitsFor.get(holder)?.holder) {
      if (holder === transaction) return true
      seen.add(holder)
    }
    return false
  }

  function waitFor(lock: Lock, transaction: Transaction, timeoutMs: number | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancels: (() => void)[] = []
      const over = () => {
        waitsFor.delete(transaction)
        for (const cancel of cancels) cancel()
      }
      const entry: Waiting = {
        transaction,
        granted() {
          over()
          resolve()
        },
        failed(error) {
          lock.waiting = lock.waiting.filter((one) => one !== entry)
          over()
          reject(error)
        },
      }
      cancels.push(clock.after(deadlockAfterMs, () => isDeadlocked(transaction) && entry.failed(deadlock())))
      if (timeoutMs !== undefined) cancels.push(clock.after(timeoutMs, () => entry.failed(statementTimeout())))
      lock.waiting.push(entry)
      waitsFor.set(transaction, lock)
    })
  }

  function begin({ isReadOnly, statementTimeoutMs }: TransactionOptions): Transaction {
    const own = new Map<string, Row>()
    const held = new Set<string>()

    function end() {
      own.clear()
      for (const key of held) release(key)
      held.clear()
    }

    const transaction: Transaction = {
      isReadOnly,
      get: (key) => own.get(key) ?? committed.get(key),
      scan: (prefix) =>
        [...new Map([...committed, ...own])].flatMap(([key, row]) => (key.startsWith(prefix) ? [row] : [])),
      async lock(key) {
        if (held.has(key)) return
        const lock = locks.get(key)
        if (lock) await waitFor(lock, transaction, statementTimeoutMs)
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
    /** Whoever waits for a lock waits no more, and gets none. */
    failWaiting(error: Error) {
      for (const lock of locks.values()) for (const one of [...lock.waiting]) one.failed(error)
    },
    rows: (prefix: string) => [...committed].flatMap(([key, row]) => (key.startsWith(prefix) ? [row] : [])),
    seed: (key: string, row: Row) => void committed.set(key, row),
  }
}
