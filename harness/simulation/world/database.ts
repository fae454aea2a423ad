import type { Clock } from '../../../system/platform/clock.ts'
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

export type SimulatedDatabase = ReturnType<typeof createDatabase>

/**
 * PostgreSQL as far as the shop needs it, in memory: read committed, row locks, and a log that survives a kill. It can be killed, stand
 * still, refuse to write, let nobody in, or be slow (FI-6).
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

  function connect(): Backend {
    if (state === 'killed') throw new Error('connect ECONNREFUSED')
    if (isFull) throw new Error('sorry, too many clients already')
    let open: Transaction | undefined
    let isBroken = false
    let last: Promise<unknown> = Promise.resolve()
    const pending = new Set<(error: Error) => void>()

    const own = {
      break() {
        isBroken = true
        open?.rollback()
        backends.delete(own)
        for (const reject of pending) reject(new Error('Connection terminated unexpectedly'))
        pending.clear()
      },
    }
    backends.add(own)

    async function perform(sql: string, params: readonly unknown[]): Promise<StatementResult> {
      await awake()
      if (isBroken) throw new Error('Connection terminated unexpectedly')
      if (sql === 'begin') open = tables.begin({ isReadOnly })
      else if (sql === 'commit' || sql === 'rollback') end(sql)
      else return performIn(open ?? tables.begin({ isReadOnly }), sql, params)
      return []
    }

    function end(how: 'commit' | 'rollback') {
      open?.[how]()
      open = undefined
    }

    /** A statement of its own is a transaction of its own. */
    async function performIn(transaction: Transaction, sql: string, params: readonly unknown[]) {
      try {
        const rows = await statementFor(sql)(transaction, params as never)
        if (transaction !== open) transaction.commit()
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
      for (const one of [...backends]) one.break()
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
    /** Whoever is connected stays so; nobody else gets in. */
    setFull(value: boolean) {
      isFull = value
    },
    setSlow(delayMs: number) {
      slowMs = delayMs
    },
  }
}
