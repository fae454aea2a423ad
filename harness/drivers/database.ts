import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { closeSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Client, type QueryResultRow } from 'pg'
import { until } from '../platform/until.ts'
import type { Leases } from '../runner/leases.ts'
import { family, signalAll } from '../runner/processes.ts'
import { freePort } from './ports.ts'
import { findPostgres, initDatabase, type Postgres, superuser } from './postgres.ts'

/** One PostgreSQL server of one cluster: real processes that can be killed and paused. */
export interface Database {
  /** Direct, not through a link. */
  readonly url: string
  readonly port: number
  readonly running: boolean
  start(): Promise<void>
  /** SIGKILL to the server and all its processes: what a power cut does. */
  kill(): Promise<void>
  pause(): void
  resume(): void
  /** Direct, with a short timeout: also the witness of an outage. */
  query<R extends QueryResultRow>(sql: string, params?: unknown[]): Promise<R[]>
}

interface DatabaseOptions {
  binaries: Postgres
  dataFolder: string
  logFile: string
  leases: Leases
}

const queryTimeoutMs = 1_500
const startWithinMs = 15_000

export async function createDatabase({ binaries, dataFolder, logFile, leases }: DatabaseOptions): Promise<Database> {
  const port = await freePort()
  const url = `postgres://${superuser}@127.0.0.1:${port}/postgres`
  let server: ChildProcess | undefined

  async function query<R extends QueryResultRow>(sql: string, params: unknown[] = []): Promise<R[]> {
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: queryTimeoutMs,
      query_timeout: queryTimeoutMs,
    })
    client.on('error', () => {})
    try {
      await client.connect()
      return (await client.query<R>(sql, params)).rows
    } finally {
      void client.end().catch(() => {})
    }
  }

  async function start() {
    if (server) return
    const log = openSync(logFile, 'a')
    const child = spawn(binaries.postgres, ['-D', dataFolder, '-p', String(port)], {
      ...binaries.user,
      cwd: '/',
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    server = child
    child.once('exit', () => {
      if (server === child) server = undefined
      if (child.pid) leases.releaseProcess(child.pid)
    })
    leases.holdProcess(child.pid!, 'database')
    await until(() => query('select 1'), { what: 'the database answers', withinMs: startWithinMs, everyMs: 60 })
  }

  async function kill() {
    const child = server
    if (!child?.pid) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    signalAll(family(child.pid), 'SIGKILL')
    await gone
    rmSync(join(dataFolder, 'postmaster.pid'), { force: true })
  }

  const signal = (name: NodeJS.Signals) => {
    if (server?.pid) signalAll(family(server.pid), name)
  }

  leases.holdPort(port, 'database')
  return {
    url,
    port,
    get running() {
      return server !== undefined
    },
    start,
    kill,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    query,
  }
}

/** A seeded data folder that every cluster of a run copies: one initdb, many fresh starts (AT-4). */
export interface DatabaseTemplate {
  binaries: Postgres
  copyTo(dataFolder: string): Promise<void>
}

const setupScript = fileURLToPath(new URL('../../system/apps/store/db/setup.ts', import.meta.url))

export async function prepareTemplate(folder: string, seed: number, leases: Leases): Promise<DatabaseTemplate> {
  const binaries = await findPostgres(folder)
  const dataFolder = join(folder, 'template')
  await initDatabase(binaries, dataFolder)
  const database = await createDatabase({ binaries, dataFolder, logFile: join(folder, 'template.log'), leases })
  await database.start()
  await promisify(execFile)(process.execPath, [setupScript, '--seed', String(seed)], {
    env: { ...process.env, DATABASE_URL: database.url },
  })
  await database.query('checkpoint')
  await database.kill()
  const cp = promisify(execFile)
  return { binaries, copyTo: async (target) => void (await cp('cp', ['-a', dataFolder, target])) }
}
