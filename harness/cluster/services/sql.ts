import { Client, type QueryResultRow } from 'pg'

export type Query = <R extends QueryResultRow>(sql: string, params?: unknown[]) => Promise<R[]>

const queryTimeoutMs = 1_500

/** Queries a database directly, not through a link, with a new connection each time and a short timeout; also the witness of an outage. */
export const directQuery =
  (url: string): Query =>
  async <R extends QueryResultRow>(sql: string, params: unknown[] = []) => {
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
