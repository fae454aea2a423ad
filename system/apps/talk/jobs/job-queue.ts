import type { Queries } from '../database.ts'

/** `wait` only takes time; `clean-up` deletes what is old. */
export const jobKinds = ['wait', 'clean-up'] as const
export type JobKind = (typeof jobKinds)[number]

export interface NewJob {
  id: string
  kind: JobKind
  /** The highest is taken first (RT-79). */
  priority: number
}

/** A job that belongs to one node until the claim is over. */
export interface ClaimedJob {
  id: string
  kind: JobKind
  /** 1 for the first time that it is run. */
  attempt: number
}

/** What `GET /talk/jobs/:id` says. */
export interface JobState {
  id: string
  kind: JobKind
  node: string | null
  attempt: number
  status: 'waiting' | 'running' | 'done' | 'failed'
}

/** Rows that another node is claiming at this moment are passed over instead of waited for. */
const claim = `
  with next as (
    select number from talk_jobs
     where ended_at is null and (claimed_until is null or claimed_until < now())
     order by priority desc, number limit 1
       for update skip locked),
  claimed as (
    update talk_jobs set node = $1, attempt = attempt + 1, claimed_until = now() + make_interval(secs => $2)
      from next where talk_jobs.number = next.number
    returning id, kind, attempt),
  begun as (
    insert into talk_job_runs (job_id, attempt, node) select id, attempt, $1 from claimed)
  select id, kind, attempt from claimed`

/** A node whose claim has run out ends nothing, because the job has another attempt by then. */
const end = `
  with run as (
    update talk_job_runs set ended_at = now() where job_id = $1 and attempt = $2)
  update talk_jobs set ended_at = now(), failure = $3 where id = $1 and attempt = $2 and ended_at is null`

const nextClaim = `
  select extract(epoch from min(coalesce(claimed_until, now())) - now())::float8 * 1000 as "inMs"
    from talk_jobs where ended_at is null`

const find = `
  select id, kind, node, attempt,
         case when failure is not null then 'failed' when ended_at is not null then 'done'
              when claimed_until >= now() then 'running' else 'waiting' end as status
    from talk_jobs where id = $1`

const deleteOld = `
  with jobs as (
    delete from talk_jobs where ended_at < now() - make_interval(secs => $1) returning id),
  runs as (
    delete from talk_job_runs where job_id in (select id from jobs))
  delete from talk_exports where created_at < now() - make_interval(secs => $1)`

interface JobQueueOptions {
  database: Queries
  /** Whose claims these are. */
  node: string
  claimMs: number
}

export type JobQueue = ReturnType<typeof createJobQueue>

/**
 * Jobs of all nodes in one table (RT-51, RT-79). A node claims a job for a time before it runs it, so no two run one at the same time. A job
 * whose node dies belongs to nobody when the claim is over, and is run again: at least once. All functions reject while the database does
 * not answer.
 */
export function createJobQueue({ database, node, claimMs }: JobQueueOptions) {
  return {
    claimMs,
    /** A job whose id is known already is not added again. */
    add: ({ id, kind, priority }: NewJob) =>
      database.query('insert into talk_jobs (id, kind, priority) values ($1, $2, $3) on conflict (id) do nothing', [
        id,
        kind,
        priority,
      ]),
    async claim(): Promise<ClaimedJob | undefined> {
      const [job] = await database.query<ClaimedJob>(claim, [node, claimMs / 1_000])
      return job
    },
    end: ({ id, attempt }: ClaimedJob, failure?: string) => database.query(end, [id, attempt, failure ?? null]),
    /** In how many ms somebody may claim a job; undefined when all have ended. */
    async nextClaimInMs(): Promise<number | undefined> {
      const [row] = await database.query<{ inMs: number | null }>(nextClaim)
      return row?.inMs ?? undefined
    },
    async find(id: string): Promise<JobState | undefined> {
      const [job] = await database.query<JobState>(find, [id])
      return job
    },
    /** Deletes jobs and exports that are older. */
    deleteOld: (keepMs: number) => database.query(deleteOld, [keepMs / 1_000]),
  }
}
