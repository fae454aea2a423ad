import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { DatabaseError, PoolClient, QueryResultRow } from 'pg'
import { storeApp } from '../../harness/apps/store/app.ts'
import type { ClusterApp } from '../../harness/cluster/app.ts'
import type { Cluster } from '../../harness/cluster/cluster.ts'
import { createPostgres, prepareTemplate } from '../../harness/cluster/process/driver.ts'
import type { Database } from '../../harness/cluster/services/database.ts'
import type { Fault } from '../../harness/faults/fault.ts'
import { faults } from '../../harness/faults/index.ts'
import { openLeases } from '../../harness/leases/leases.ts'
import { systemClock } from '../../harness/platform/clock.ts'
import { until } from '../../harness/platform/until.ts'
import { createDatabase } from '../../harness/simulation/world/database.ts'
import { createMachine } from '../../harness/simulation/world/machine.ts'
import { createPool } from '../../harness/simulation/world/pool.ts'
import { createVirtualClock } from '../../harness/simulation/world/virtual-clock.ts'
import { type DatabasePool, openPool, type PoolOptions, type Repo } from '../../system/apps/store/db/repo.ts'

/** Two products, the second not released; of the items the third belongs to it, and the fourth is sold out. */
const products = [
  { id: 1, sku: 'P', brand: 'b', name: 'one', color: 'red', price_usd: 100, main_image_url: '#1', released: true },
  { id: 2, sku: 'Q', brand: 'b', name: 'two', color: 'blue', price_usd: 70, main_image_url: '#2', released: false },
].map((product) => ({ ...product, position: 9 - product.id }))
const items = [
  { id: 1, product_id: 1, sku: 'P-1', size: '1', count: 3 },
  { id: 2, product_id: 1, sku: 'P-2', size: '2', count: 1 },
  { id: 3, product_id: 2, sku: 'Q-3', size: '3', count: 5 },
  { id: 4, product_id: 1, sku: 'P-4', size: '4', count: 0 },
]

type Rows = readonly Record<string, unknown>[]

/** What can be done to a database, real or simulated. */
interface Server {
  open(options: PoolOptions): DatabasePool
  sleep(delayMs: number): Promise<void>
  /** Resolves when what was just begun is over or waits for a lock, behind all that wait already. */
  begins(isOver: () => boolean): Promise<void>
  kill(): Promise<void>
  start(): Promise<void>
  pause(): Promise<void>
  resume(): Promise<void>
  setReadOnly(value: boolean): Promise<void>
  /** All connections are taken, those of the nodes too. */
  setFull(value: boolean): Promise<void>
  /** What is committed. */
  tables(): Promise<Record<'products' | 'items' | 'sales' | 'orders', Rows>>
}

export interface Connection {
  query(sql: string, params?: unknown[]): Promise<Rows>
  /** For good when something broke. */
  release(broken?: Error): void
}

/** One node of a case; what each of its statements returned stands in the trace under its name. */
export interface Node {
  /** A statement on any connection of the pool. */
  query(sql: string, params?: unknown[]): Promise<Rows>
  connect(): Promise<Connection>
  repo: Repo
  end(): Promise<void>
}

export interface Session extends Omit<Server, 'open' | 'tables'> {
  node(name: string, options?: Partial<PoolOptions>): Node
  /** Stands in the trace in the order in which it happened, whoever did it. */
  note(what: string): void
}

/** All that a case shows. */
export interface Shown {
  result: unknown
  trace: Record<string, unknown[]>
  notes: string[]
  tables: Awaited<ReturnType<Server['tables']>>
}

export interface Side {
  show(work: (session: Session) => Promise<unknown>): Promise<Shown>
  close(): Promise<void>
}

/** Long enough that no timer ends what a case does not want ended. */
const patient: PoolOptions = {
  max: 8,
  connectionTimeoutMillis: 4_000,
  query_timeout: 8_000,
  statement_timeout: 7_000,
}

const inOneLine = (sql: string) => sql.trim().replaceAll(/\s+/g, ' ')

/** Addresses differ from run to run. */
const withoutAddress = (message: string) => message.replace(/ \d+\.\d+\.\d+\.\d+:\d+/, '')

/** How an error looks from outside: its code, where the database gave one, and its sentence. */
export function errorOf(error: unknown): { code?: string; message: string } {
  const { code, message } = error as DatabaseError
  return { ...(code && /^[0-9A-Z]{5}$/.test(code) && { code }), message: withoutAddress(message) }
}

/** Without an order of its own a statement may return its rows in any. */
const comparable = (sql: string, rows: Rows) =>
  sql.includes('order by') ? rows : [...rows].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))

/** Runs the work of a case on a server, and returns all that it shows. */
async function showOn(server: Server, work: (session: Session) => Promise<unknown>): Promise<Shown> {
  const { open, tables, ...acts } = server
  const trace: Record<string, unknown[]> = {}
  const notes: string[] = []
  const pools: DatabasePool[] = []

  function node(name: string, options: Partial<PoolOptions> = {}): Node {
    const pool = open({ ...patient, ...options })
    pool.on('error', () => {})
    pools.push(pool)
    const lines: unknown[] = []
    trace[name] = lines
    async function traced<R extends QueryResultRow>(sql: string, ask: () => Promise<{ rows: R[] }>): Promise<R[]> {
      const text = inOneLine(sql)
      try {
        const { rows } = await ask()
        lines.push({ sql: text, rows: comparable(text, rows) })
        return rows
      } catch (error) {
        lines.push({ sql: text, error: errorOf(error) })
        throw error
      }
    }
    const query = <R extends QueryResultRow>(sql: string, params?: unknown[]) =>
      traced<R>(sql, () => pool.query<R>(sql, params))
    async function connect(): Promise<Connection & { client: PoolClient }> {
      const client = await pool.connect()
      client.on('error', () => {})
      const ask = (sql: string, params?: unknown[]) => traced(sql, () => client.query(sql, params))
      const seen = { query: async (sql: string, params?: unknown[]) => ({ rows: await ask(sql, params) }) }
      return {
        client: seen as unknown as PoolClient,
        query: ask,
        release: (broken) => client.release(broken),
      }
    }
    async function transaction<T>(inside: (client: PoolClient) => Promise<T>): Promise<T> {
      const { client, query: ask, release } = await connect()
      try {
        await ask('begin')
        const result = await inside(client)
        await ask('commit')
        release()
        return result
      } catch (error) {
        release(
          await ask('rollback').then(
            () => undefined,
            (reason: Error) => reason,
          ),
        )
        throw error
      }
    }
    const repo = { query, transaction, reachable: () => true } as Repo
    return { query, connect, repo, end: () => pool.end() }
  }

  const result = await work({ ...acts, node, note: (what) => void notes.push(what) })
  const shown = { result, trace, notes, tables: await tables() }
  await Promise.all(pools.map((pool) => pool.end().catch(() => {})))
  return shown
}

/** So long that whoever does not wait for a lock is certainly done. */
export const aWhileMs = 250

/** The simulated database, in simulated time; a new one for each case. */
export function simulatedSide(): Side {
  return {
    async show(work) {
      const clock = createVirtualClock()
      const database = createDatabase(clock)
      for (const product of products) database.seed(`products/${product.id}`, product)
      for (const { count, ...item } of items) {
        database.seed(`items/${item.id}`, item)
        const stock = { item_id: item.id, initial_count: count, available_count: count, version: 0 }
        database.seed(`availability/${item.id}`, stock)
      }
      const pick = (prefix: string, ...columns: string[]): Rows =>
        database.rows(prefix).map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])))
      const server: Server = {
        open: (options) => createPool(database, createMachine(clock), options),
        sleep: clock.sleep,
        begins: () => clock.sleep(aWhileMs),
        kill: async () => database.kill(),
        start: async () => database.start(),
        pause: async () => database.pause(),
        resume: async () => database.resume(),
        setReadOnly: async (value) => database.setReadOnly(value),
        setFull: async (value) => database.setFull(value),
        tables: async () => ({
          products: pick('products/', 'id', 'released'),
          items: pick('availability/', 'item_id', 'available_count', 'version'),
          sales: pick('sales/', 'item_id', 'units', 'node', 'order_id'),
          orders: pick('orders/', 'id', 'shopper', 'key', 'items', 'total_usd', 'node'),
        }),
      }
      return clock.run(showOn(server, work))
    },
    async close() {},
  }
}

const emptied = 'truncate products, items, item_availability, sales, orders restart identity cascade'

/** A started PostgreSQL with the tables of applications. Leaves nothing behind when it cannot be set up. */
export async function startPostgres(apps: readonly ClusterApp[]) {
  const folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
  chmodSync(folder, 0o755)
  const leases = openLeases(basename(folder))
  let database: Database | undefined
  async function close() {
    await database?.kill()
    rmSync(folder, { recursive: true, force: true })
    await leases.close()
  }
  try {
    const template = await prepareTemplate(folder, { apps, seed: 7, leases })
    database = await createPostgres(template.binaries, template.folder, join(folder, 'db.log'), leases)
    await database.start()
    return { database, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A real PostgreSQL, with the tables of the store, filled anew for each case. */
export async function realSide(): Promise<Side> {
  const { database, close } = await startPostgres([storeApp])
  const { query } = database

  async function fill() {
    await query(emptied)
    for (const { id, sku, position, brand, name, color, price_usd, main_image_url, released } of products)
      await query('insert into products values ($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
        id,
        sku,
        position,
        brand,
        name,
        color,
        price_usd,
        main_image_url,
        released,
      ])
    for (const { id, product_id, sku, size, count } of items) {
      await query('insert into items values ($1, $2, $3, $4)', [id, product_id, sku, size])
      await query('insert into item_availability values ($1, $2, $2)', [id, count])
    }
  }

  const waiting = `select count(*)::integer as count from pg_stat_activity where wait_event_type = 'Lock'`
  /** How many waited for a lock when the last of them was seen to. */
  let waitingCount = 0
  async function begins(isOver: () => boolean) {
    const hasBegun = async () => isOver() || (await query<{ count: number }>(waiting))[0]!.count > waitingCount
    await until(hasBegun, { what: 'it is over or waits for a lock', withinMs: 5_000, everyMs: 10 })
    if (!isOver()) waitingCount += 1
  }

  let full: Fault | undefined
  const server: Server = {
    open: openPool(database.url),
    sleep: systemClock.sleep,
    begins,
    kill: database.kill,
    start: database.start,
    pause: async () => database.pause(),
    resume: async () => database.resume(),
    async setReadOnly(value) {
      const wanted = value ? 'on' : 'off'
      await query(`alter system set default_transaction_read_only = ${wanted}`)
      await query('select pg_reload_conf()')
      const isSet = async () => {
        const [row] = await query<{ value: string }>(`select current_setting('default_transaction_read_only') as value`)
        return row?.value === wanted
      }
      await until(isSet, { what: `default_transaction_read_only is ${wanted}`, withinMs: 5_000, everyMs: 20 })
    },
    async setFull(value) {
      if (value) {
        full = faults['db.out-of-connections'].create({ database } as unknown as Cluster, 'db', {})
        await full.inject()
      } else await full?.heal()
    },
    tables: async () => ({
      products: await query('select id, released from products order by id'),
      items: await query('select item_id, available_count, version::integer from item_availability order by item_id'),
      sales: await query('select item_id, units, node, order_id from sales order by id'),
      orders: await query('select id, shopper, key, items, total_usd, node from orders order by id'),
    }),
  }
  return {
    async show(work) {
      await fill()
      waitingCount = 0
      return showOn(server, work)
    },
    close,
  }
}
