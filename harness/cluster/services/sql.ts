import { Client, type QueryResultRow } from 'pg'

/** Rejects when there is no connection, or no answer, in `withinMs`; by default soon, as the witness of an outage needs it. */
export type Query = <R extends QueryResultRow>(sql: string, params?: unknown[], withinMs?: number) => Promise<R[]>

/** What can be queried. */
export interface Queried {
  query: Query
}

const queryTimeoutMs = 1_500
/** A machine may stand still for less. */
const patientMs = 6_000

/** The same for queries that prove nothing by being late, unlike those of a witness. */
export const patiently = ({ query }: Queried): Queried => ({ query: (sql, params) => query(sql, params, patientMs) })

/** Queries a database directly, not through a link, with a new connection each time. */
export const directQuery =
  (url: string): Query =>
  async <R extends QueryResultRow>(sql: string, params: unknown[] = [], withinMs = queryTimeoutMs) => {
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: withinMs,
      query_timeout: withinMs,
    })
    client.on('error', () => {})
    try {
      await client.connect()
      return (await client.query<R>(sql, params)).rows
    } finally {
      void client.end().catch(() => {})
    }
  }
