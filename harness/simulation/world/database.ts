import type { Clock } from '../../../system/platform/clock.ts'
import { readOnly, tooManyClients, transactionAborted } from './sql-error.ts'
import { type StatementResult, statementFor } from './statements.ts'
import { createTables, type Transaction } from './tables.ts'

/** One connection of a client, at the side of the database. */
export interface Backend {
  isBroken(): boolean
  execute(sql: string, params: readonly unknown[]): Promise<StatementResult>
  /** The client is gone: what it sent is still done, what it did not commit is taken back. */
  close(): void
}

/** How long an answer is in the making, after the action is done: a database that dies meanwhile has done it and does not say so. */
const answerMs = 1
/** How long a commit is on its way to the disk, longer than an answer: until then nobody else sees what it wrote. */
const flushMs = 4

const terminated = () => new Error('Connection terminated unexpectedly')

export type SimulatedDatabase = ReturnType<typeof createDatabase>

/**
 * PostgreSQL as far as the shop needs it, in memory: read committed, row locks, and a log that survives a kill. It can be killed, stand
 * still, refuse to write, let nobody in, or be slow (FI-6). `test/contract/database.int.test.ts` compares it with a real one.
 */
export function createDatabase(clock: Clock) {
  const tables = createTables(clock)
  let state: 'up' | 'killed' | 'paused' = 'up'
  let isReadOnly = false
  let isFull = false
  let slowMs = 0
  let waking: (() => void)[] = []
  const backends = new Set<{ break(): void }>()

  const awake = () => (state === 'paused' ? new Promise<void>((resolve) => void waking.push(resolve)) : undefined)

  function wake() {
    state = 'up'
    for (const resolve of waking.splice(0)) resolve()
  }

  /** Who waits for a lock must not get it from one that is broken first. */
  function breakAll() {
    tables.failWaiting(terminated())
    for (const one of [...backends]) one.break()
  }

  function connect({ statementTimeoutMs }: { statementTimeoutMs?: number } = {}): Backend {
    if (state === 'killed') throw new Error('connect ECONNREFUSED')
    if (isFull) throw tooManyClients()
    let open: { transaction: Transaction; isAborted: boolean } | undefined
    let isBroken = false
    let last: Promise<unknown> = Promise.resolve()
    const pending = new Set<(error: Error) => void>()

    const own = {
      break() {
        isBroken = true
        open?.transaction.rollback()
        backends.delete(own)
        for (const reject of pending) reject(terminated())
        pending.clear()
      },
    }
    backends.add(own)

    const begin = () => tables.begin({ isReadOnly, statementTimeoutMs })

    /** Throws when the database dies meanwhile: what was not on the disk never happened. */
    async function flush() {
      await new Promise<void>((resolve) => void clock.after(flushMs, resolve))
      await awake()
      if (isBroken) throw terminated()
    }

    async function perform(sql: string, params: readonly unknown[]): Promise<StatementResult> {
      await awake()
      if (isBroken) throw terminated()
      // One that was not ended goes on, with all that it has done and locked.
      if (sql === 'begin') open ??= { transaction: begin(), isAborted: false }
      else if (sql === 'rollback') end(sql)
      else if (sql === 'commit') {
        if (open && !open.isAborted) await flush()
        end(sql)
      } else return open ? performInOpen(open, sql, params) : performAlone(sql, params)
      return []
    }

    /** What was aborted cannot be committed. */
    function end(how: 'commit' | 'rollback') {
      open?.transaction[open.isAborted ? 'rollback' : how]()
      open = undefined
    }

    /** After a failure the transaction holds no lock any more, and does nothing until it is ended. */
    async function performInOpen(inside: NonNullable<typeof open>, sql: string, params: readonly unknown[]) {
      if (inside.isAborted) throw transactionAborted()
      try {
        return await run(inside.transaction, sql, params)
      } catch (error) {
        inside.isAborted = true
        inside.transaction.rollback()
        throw error
      }
    }

    /** A statement of its own is a transaction of its own. */
    async function performAlone(sql: string, params: readonly unknown[]) {
      const transaction = begin()
      try {
        const rows = await run(transaction, sql, params)
        if (statementFor(sql).writes) await flush()
        transaction.commit()
        return rows
      } catch (error) {
        transaction.rollback()
        throw error
      }
    }

    return {
      isBroken: () => isBroken,
      execute(sql, params) {
        return new Promise((resolve, reject) => {
          pending.add(reject)
          const answer = (give: () => void) =>
            clock.after(answerMs + slowMs, () => {
              if (pending.delete(reject)) give()
            })
          last = last
            .then(() => perform(sql, params))
            .then(
              (rows) => answer(() => resolve(rows)),
              (error) => answer(() => reject(error)),
            )
        })
      },
      close: () => void last.then(() => own.break()),
    }
  }

  return {
    connect,
    /** What is committed, for the checkers. */
    rows: tables.rows,
    seed: tables.seed,
    kill() {
      state = 'killed'
      breakAll()
      waking = []
    },
    start: wake,
    pause() {
      state = 'paused'
    },
    resume: wake,
    setReadOnly(value: boolean) {
      isReadOnly = value
    },
    /** Whoever is connected is put out, and nobody gets in. */
    setFull(value: boolean) {
      isFull = value
      if (isFull) breakAll()
    },
    setSlow(delayMs: number) {
      slowMs = delayMs
    },
  }
}

function run(transaction: Transaction, sql: string, params: readonly unknown[]) {
  const { writes, run: perform } = statementFor(sql)
  if (writes && transaction.isReadOnly) throw readOnly(writes)
  return perform(transaction, params as never)
}
