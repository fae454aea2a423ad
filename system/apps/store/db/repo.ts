import pLimit from 'p-limit'
import { Pool, type PoolClient, type QueryResultRow } from 'pg'
import type { Log } from '../../../platform/log.ts'
import type { ActorRef, Runtime } from '../../../runtime/index.ts'

export class DatabaseDown extends Error {
  override name = 'DatabaseDown'
}

/** Database access. The database alone decides what is sold and released (ST-11). */
export interface Repo {
  query<R extends QueryResultRow>(sql: string, params?: unknown[]): Promise<R[]>
  /** Runs `work` in one transaction: all of it, or nothing. */
  transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T>
  reachable(): boolean
  /** Transactions that run or wait for their turn, and connections that are in use or waited for. */
  held(): { transactions: number; databaseConnections: number }
  /** Starts the actor that owns the connections; a restart opens new ones (FI-1). */
  start(): Promise<ActorRef<'probe'>>
}

const connectTimeoutMs = 1_500
const queryTimeoutMs = 3_000
const probeEveryMs = 500
const connectionsMax = 8
/** Further transactions queue here, where nothing times out: a rush for the last pairs must not end in errors. */
const transactionsMax = 6

/** The part of a pool of connections that is used here. */
export interface DatabasePool {
  query<R extends QueryResultRow>(sql: string, params?: unknown[]): Promise<{ rows: R[] }>
  connect(): Promise<PoolClient>
  end(): Promise<void>
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
  on(event: 'error', listener: (error: Error) => void): unknown
}

/** Both the client and the server give up a query that takes longer than `queryTimeoutMs`. */
const poolOptions = {
  max: connectionsMax,
  connectionTimeoutMillis: connectTimeoutMs,
  query_timeout: queryTimeoutMs,
  statement_timeout: queryTimeoutMs,
}
export type PoolOptions = typeof poolOptions

/** Opens a pool of connections to the database at a URL. */
export const openPool =
  (url: string) =>
  (options: PoolOptions): DatabasePool =>
    new Pool({ connectionString: url, ...options })

interface RepoOptions {
  open(options: PoolOptions): DatabasePool
  runtime: Runtime
  log: Log
}

export function createRepo({ open, runtime, log }: RepoOptions): Repo {
  let pool: DatabasePool | undefined
  /** The result of the last probe. */
  let state: 'unknown' | 'up' | 'down' = 'unknown'
  const turns = pLimit(transactionsMax)

  function freshPool(): DatabasePool {
    const fresh = open(poolOptions)
    // The pool replaces an idle connection that breaks; without a listener the error would end the process.
    fresh.on('error', (error) => log.warn({ reason: error.message }, 'repo: a database connection broke'))
    return fresh
  }

  async function probe() {
    try {
      await pool?.query('select 1')
      if (state !== 'up') log.info('repo: the database is reachable')
      state = 'up'
    } catch (error) {
      state = 'down'
      log.error({ reason: (error as Error).message }, 'repo: the database is not reachable, trying again')
    }
  }

  const current = () => {
    if (!pool) throw new DatabaseDown('database access is restarting')
    return pool
  }

  async function inTransaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    // Fails at once while the database is down: queued transactions must not each wait for the connect timeout.
    if (state === 'down') throw new DatabaseDown('the database is not reachable')
    const client = await current().connect()
    // Between two queries no promise would reject: without a listener the error of a broken connection would end the process.
    const onBroken = (error: Error) => log.warn({ reason: error.message }, 'repo: a connection broke in a transaction')
    client.on('error', onBroken)
    try {
      await client.query('begin')
      const result = await work(client)
      await client.query('commit')
      client.release()
      return result
    } catch (error) {
      const broken = await client.query('rollback').then(
        () => undefined,
        (reason: Error) => reason,
      )
      client.release(broken)
      throw error
    } finally {
      client.off('error', onBroken)
    }
  }

  return {
    reachable: () => state === 'up',
    held: () => ({
      transactions: turns.activeCount + turns.pendingCount,
      databaseConnections: pool ? pool.totalCount - pool.idleCount + pool.waitingCount : 0,
    }),
    query: async <R extends QueryResultRow>(sql: string, params: unknown[] = []) =>
      (await current().query<R>(sql, params)).rows,
    transaction: (work) => turns(() => inTransaction(work)),
    start: () =>
      runtime.start<'probe'>({
        name: 'Sneakers23.Repo',
        role: 'database',
        inspect: () => ({ state, connections: pool?.totalCount ?? 0, waiting: pool?.waitingCount ?? 0 }),
        async init(self) {
          pool = freshPool()
          self.send('probe')
        },
        async handle(_message, self) {
          await probe()
          self.sendAfter(probeEveryMs, 'probe')
        },
        terminate() {
          const old = pool
          pool = undefined
          state = 'unknown'
          // Not awaited: closing connections over a dead network would delay the restart of the actor.
          void old?.end().catch(() => {})
        },
      }),
  }
}
