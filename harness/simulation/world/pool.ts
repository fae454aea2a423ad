import type { PoolClient, QueryResultRow } from 'pg'
import type { DatabasePool, PoolOptions } from '../../../system/apps/store/db/repo.ts'
import type { Backend, SimulatedDatabase } from './database.ts'
import type { Machine } from './machine.ts'

/** How long a statement or its answer is on its way. */
const tripMs = 1

const noTurn = 'timeout exceeded when trying to connect'
const noAnswer = 'Connection terminated due to connection timeout'

/** Connections of one node to the database, as the real pool keeps them: so many at most, idle ones are used again, broken ones are not. */
export function createPool(database: SimulatedDatabase, { clock, onEnd }: Machine, options: PoolOptions): DatabasePool {
  const { max, connectionTimeoutMillis, query_timeout, statement_timeout } = options
  const idle: Backend[] = []
  /** Given one that is idle, or undefined: one may be opened. */
  const waiting: ((backend: Backend | undefined) => void)[] = []
  let takenCount = 0
  let isEnded = false

  /** What the other side answers, unless it takes too long; this side hears of it only while it runs. */
  function ask<T>(withinMs: number, tooLong: string, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = clock.after(withinMs, () => reject(new Error(tooLong)))
      const hear = (run: () => void) =>
        clock.after(tripMs, () => {
          cancel()
          run()
        })
      clock.after(tripMs, () =>
        work().then(
          (value) => hear(() => resolve(value)),
          (error) => hear(() => reject(error)),
        ),
      )
    })
  }

  async function open(): Promise<Backend> {
    const backend = await ask(connectionTimeoutMillis, noAnswer, async () => {
      const fresh = database.connect({ statementTimeoutMs: statement_timeout })
      await fresh.execute('select 1', [])
      return fresh
    })
    onEnd(backend.close)
    return backend
  }

  function takeIdle(): Backend | undefined {
    const backend = idle.pop()
    return backend?.isBroken() ? takeIdle() : backend
  }

  /** A connection that is taken now, or the place for one. */
  function takeTurn(): Promise<Backend | undefined> {
    const free = takeIdle()
    if (free || takenCount < max) {
      takenCount += 1
      return Promise.resolve(free)
    }
    return new Promise((resolve, reject) => {
      const turn = (backend: Backend | undefined) => {
        cancel()
        resolve(backend)
      }
      const cancel = clock.after(connectionTimeoutMillis, () => {
        waiting.splice(waiting.indexOf(turn), 1)
        reject(new Error(noTurn))
      })
      waiting.push(turn)
    })
  }

  /** Whoever waits has the next turn, with the connection that is given back or with one of its own. */
  function giveBack(backend: Backend | undefined) {
    const next = waiting.shift()
    if (next) return next(backend)
    takenCount -= 1
    if (backend) idle.push(backend)
  }

  async function takeConnection(): Promise<Backend> {
    if (isEnded) throw new Error('Cannot use a pool after calling end on the pool')
    const free = await takeTurn()
    if (free && !free.isBroken()) return free
    try {
      return await open()
    } catch (error) {
      giveBack(undefined)
      throw error
    }
  }

  async function query<R extends QueryResultRow>(backend: Backend, sql: string, params: unknown[] = []) {
    if (backend.isBroken()) throw new Error('Client has encountered a connection error and is not queryable')
    const rows = await ask(query_timeout, 'Query read timeout', () => backend.execute(sql, params))
    return { rows: rows as unknown as R[] }
  }

  async function connect(): Promise<PoolClient> {
    const backend = await takeConnection()
    const client = {
      query: (sql: string, params?: unknown[]) => query(backend, sql, params),
      release(error?: Error) {
        if (error) backend.close()
        giveBack(error || isEnded ? undefined : backend)
      },
      on() {},
      off() {},
    }
    return client as unknown as PoolClient
  }

  return {
    connect,
    get totalCount() {
      return takenCount + idle.length
    },
    get idleCount() {
      return idle.length
    },
    get waitingCount() {
      return waiting.length
    },
    async query<R extends QueryResultRow>(sql: string, params: unknown[] = []) {
      const client = await connect()
      try {
        const { rows } = await client.query<R>(sql, params)
        client.release()
        return { rows }
      } catch (error) {
        client.release(error as Error)
        throw error
      }
    },
    async end() {
      isEnded = true
      for (const backend of idle.splice(0)) backend.close()
    },
    on() {},
  }
}
