import type { PoolClient, QueryResultRow } from 'pg'
import type { DatabasePool, PoolOptions } from '../../../system/apps/store/db/repo.ts'
import type { Backend, SimulatedDatabase } from './database.ts'
import type { Machine } from './machine.ts'

/** How long a statement or its answer is on its way. */
const tripMs = 1

/** Connections of one node to the database, as the real pool keeps them: idle ones are used again, broken ones are not. */
export function createPool(database: SimulatedDatabase, { clock, onEnd }: Machine, options: PoolOptions): DatabasePool {
  const { connectionTimeoutMillis, query_timeout } = options
  const idle: Backend[] = []

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
    const backend = await ask(connectionTimeoutMillis, 'timeout exceeded when trying to connect', async () => {
      const fresh = database.connect()
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

  const query = async <R extends QueryResultRow>(backend: Backend, sql: string, params: unknown[] = []) => ({
    rows: (await ask(query_timeout, 'Query read timeout', () => backend.execute(sql, params))) as unknown as R[],
  })

  async function connect(): Promise<PoolClient> {
    const backend = takeIdle() ?? (await open())
    const client = {
      query: (sql: string, params?: unknown[]) => query(backend, sql, params),
      release(error?: Error) {
        if (error) backend.close()
        else idle.push(backend)
      },
      on() {},
      off() {},
    }
    return client as unknown as PoolClient
  }

  return {
    connect,
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
      for (const backend of idle.splice(0)) backend.close()
    },
    on() {},
  }
}
