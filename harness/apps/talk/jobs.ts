import type { Database } from '../../cluster/services/database.ts'

/** A job as the database has it in the end. */
export interface FinalJob {
  id: string
  attempt: number
  /** The node that claimed it last. */
  node: string | null
  ended: boolean
}

/** Once that a node ran it. `beganMs` is a time of the database. */
export interface FinalRun {
  job: string
  attempt: number
  node: string
  ended: boolean
  beganMs: number
}

export interface FinalJobs {
  jobs: readonly FinalJob[]
  runs: readonly FinalRun[]
}

export const jobsFinal = 'talk-jobs'
export const addJobOperation = 'add job'
/** A node has answered that it has the job of this id. */
export const jobAccepted = 'job-accepted'

const jobsSql = 'select id, attempt, node, ended_at is not null as ended from talk_jobs order by number'
const runsSql = `
  select job_id as job, attempt, node, ended_at is not null as ended,
         extract(epoch from began_at)::float8 * 1000 as "beganMs"
    from talk_job_runs order by number`

/** Reads all jobs and runs; none while no node has made the tables. Only this file knows them. */
export async function readJobs({ query }: Pick<Database, 'query'>): Promise<FinalJobs> {
  const [found] = await query<{ known: boolean }>("select to_regclass('talk_jobs') is not null as known")
  if (!found?.known) return { jobs: [], runs: [] }
  return { jobs: await query<FinalJob>(jobsSql), runs: await query<FinalRun>(runsSql) }
}
