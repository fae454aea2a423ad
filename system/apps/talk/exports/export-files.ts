import type { Queries } from '../database.ts'
import type { Format } from './export-file.ts'

/** An export as the database knows it. */
export interface StoredExport {
  id: string
  format: Format
  status: 'running' | 'done' | 'failed'
  failure: string | null
}

export interface ExportContent {
  format: Format
  content: string
}

/** An export that still runs after its limit has ended with its node. */
const find = `
  select id, format, coalesce(failure, 'its node ended') as failure,
         case when failure is not null then 'failed' when ended_at is not null then 'done'
              when created_at < now() - make_interval(secs => $2) then 'failed' else 'running' end as status
    from talk_exports where id = $1`

export type ExportFiles = ReturnType<typeof createExportFiles>

/** Exports in the database, so that every node has the file. All functions reject while the database does not answer. */
export function createExportFiles(database: Queries) {
  return {
    add: (id: string, format: Format) =>
      database.query('insert into talk_exports (id, format) values ($1, $2)', [id, format]),
    write: (id: string, content: string) =>
      database.query('update talk_exports set content = $2 where id = $1', [id, content]),
    publish: (id: string) => database.query('update talk_exports set ended_at = now() where id = $1', [id]),
    fail: (id: string, failure: string) =>
      database.query('update talk_exports set ended_at = now(), failure = $2 where id = $1', [id, failure]),
    /** One that has run for longer than `limitMs` has failed. */
    async find(id: string, limitMs: number): Promise<StoredExport | undefined> {
      const [found] = await database.query<StoredExport>(find, [id, limitMs / 1_000])
      return found
    },
    /** Undefined until it is published. */
    async content(id: string): Promise<ExportContent | undefined> {
      const [found] = await database.query<ExportContent>(
        'select format, content from talk_exports where id = $1 and ended_at is not null and failure is null',
        [id],
      )
      return found
    },
  }
}
