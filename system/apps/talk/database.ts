import type { Pool } from 'pg'
import type { Log } from '../../platform/log.ts'

/** What is needed of a connection to PostgreSQL. */
export interface Queries {
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>
}

/** The lock keeps two nodes from creating the tables at the same time, which fails. PostgreSQL runs one string as one transaction. */
const createTables = `
  select pg_advisory_xact_lock(7036054);
  create table if not exists talk_jobs (
    number bigserial primary key,
    id text not null unique,
    kind text not null,
    priority integer not null,
    node text,
    attempt integer not null default 0,
    claimed_until timestamptz,
    ended_at timestamptz,
    failure text,
    created_at timestamptz not null default now());
  create index if not exists talk_jobs_open on talk_jobs (priority desc, number) where ended_at is null;
  create table if not exists talk_job_runs (
    number bigserial primary key,
    job_id text not null,
    attempt integer not null,
    node text not null,
    began_at timestamptz not null default now(),
    ended_at timestamptz);
  create table if not exists talk_schedules (
    name text primary key,
    last_run_at timestamptz not null,
    runs bigint not null);
  create table if not exists talk_exports (
    id text primary key,
    format text not null,
    created_at timestamptz not null default now(),
    ended_at timestamptz,
    failure text,
    content text)`

/** The tables of the talk demos. Connects with the first query, so that a node that is not used holds no connection. */
export function createDatabase({ open, log }: { open(): Pool; log: Log }) {
  let pool: Pool | undefined
  let preparing: Promise<unknown> | undefined

  function opened(): Pool {
    if (pool) return pool
    pool = open()
    // The pool replaces an idle connection that breaks; without a listener the error would end the process.
    pool.on('error', ({ message }) => log.warn({ reason: message }, 'talk: a database connection broke'))
    return pool
  }

  function prepare(): Promise<unknown> {
    preparing ??= opened()
      .query(createTables)
      .catch((error) => {
        preparing = undefined
        throw error
      })
    return preparing
  }

  return {
    /** Rejects with what the database refused, and when it does not answer in time. */
    async query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
      await prepare()
      const { rows } = await opened().query(text, [...values])
      return rows as Row[]
    },
    stop: () => pool?.end(),
  } satisfies Queries & { stop(): unknown }
}
