import type { Log } from '../../../platform/log.ts'
import { type ActorSelf, child, type Runtime } from '../../../runtime/index.ts'
import type { Queries } from '../database.ts'

/**
 * The run and its job are one statement: of all nodes one gets the row, and a node that dies right after it has left the job to the others.
 * A schedule that never ran is due.
 */
const runIfDue = `
  with due as (
    insert into talk_schedules as s (name, last_run_at, runs) values ($1::text, now(), 1)
    on conflict (name) do update set last_run_at = now(), runs = s.runs + 1
      where s.last_run_at <= now() - make_interval(secs => $2)
    returning runs)
  insert into talk_jobs (id, kind, priority) select $1::text || ':' || runs, $1::text, 0 from due returning id`

const dueIn = `
  select extract(epoch from last_run_at + make_interval(secs => $2) - now())::float8 * 1000 as "inMs"
    from talk_schedules where name = $1`

interface ScheduleOptions {
  runtime: Runtime
  log: Log
  database: Queries
  /** Also the kind of its jobs. */
  name: string
  periodMs: number
  /** How long after its start a node asks for the first time, and how soon again while the database does not answer. */
  lookMs: number
  /** Called when a job was added. */
  onRun(): void
}

/**
 * Scheduled work: an actor that sends itself a delayed message, adds the job when it is due, and arms itself again (RT-42). When it ran last
 * is in the database, so that neither a restart of the node nor a crash of the actor begins the period anew (RT-43).
 */
export function createSchedule({ runtime, log, database, name, periodMs, lookMs, onRun }: ScheduleOptions) {
  const period = [name, periodMs / 1_000]
  const firstLookMs = Math.min(lookMs, Math.ceil(periodMs / 10))
  let runs = 0

  async function tick(): Promise<number> {
    const [job] = await database.query<{ id: string }>(runIfDue, period)
    if (job) {
      runs += 1
      onRun()
      return periodMs
    }
    const [row] = await database.query<{ inMs: number }>(dueIn, period)
    return Math.max(1, Math.ceil(row?.inMs ?? 0))
  }

  function unreachable(error: unknown): number {
    log.warn({ event: 'talk_database_unreachable', err: error }, 'talk: scheduled work has to wait for the database')
    return firstLookMs
  }

  async function tickAndArm(self: ActorSelf<'tick'>) {
    self.sendAfter(await tick().catch(unreachable), 'tick')
  }

  return {
    child: child('schedule', () =>
      runtime.start<'tick'>({
        name: 'Talk.Schedule',
        role: 'talk-schedule',
        init: (self) => void self.sendAfter(firstLookMs, 'tick'),
        handle: (_tick, self) => tickAndArm(self),
      }),
    ),
    /** How often this node added the job, since it started. */
    runs: () => runs,
  }
}
