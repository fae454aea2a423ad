import { Pool } from 'pg'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import type { PubSub } from '../../pubsub/index.ts'
import type { Runtime } from '../../runtime/index.ts'
import { createApiCache } from './api-cache.ts'
import { createBackgroundTasks } from './background-tasks.ts'
import type { TalkConfig } from './config.ts'
import { createDashboard } from './dashboard.ts'
import { createDatabase } from './database.ts'
import { createExportFiles } from './exports/export-files.ts'
import { createExports } from './exports/exports.ts'
import { createSteps } from './exports/steps.ts'
import { type ClaimedJob, createJobQueue, type NewJob } from './jobs/job-queue.ts'
import { createJobWorker } from './jobs/job-worker.ts'
import { createSchedule } from './jobs/schedule.ts'
import { createSeats } from './seats.ts'
import { createStubs } from './stubs.ts'

interface TalkOptions {
  config: TalkConfig
  runtime: Runtime
  clock: Clock
  log: Log
  pubsub: PubSub
  newId(): string
}

export type Talk = ReturnType<typeof createTalk>

const connectionsMax = 3
const answerWithinMs = 5_000

/** Five needs of a web application, each met inside its own process (RT-36). */
export function createTalk({ config, runtime, clock, log, pubsub, newId }: TalkOptions) {
  const stubs = createStubs(clock, delaysOf(config))
  const background = createBackgroundTasks({ runtime, clock, log })
  const database = createDatabase({ open: () => openPool(config.DATABASE_URL!), log })
  const dashboard = createDashboard({
    runtime,
    clock,
    stubs,
    partLimitMs: config.TALK_PART_LIMIT_MS,
    inBackground: background.run,
  })
  const files = createExportFiles(database)
  const exports = createExports({
    runtime,
    clock,
    log,
    pubsub,
    files,
    steps: createSteps({ clock, stubs, files, rowCount: config.TALK_EXPORT_ROWS }),
    newId,
    limitMs: config.TALK_EXPORT_LIMIT_MS,
    requestLimitMs: config.TALK_REQUEST_LIMIT_MS,
  })
  const cache = createApiCache({ runtime, clock, fetch: () => stubs.call('rates'), validMs: config.TALK_CACHE_MS })
  const seats = createSeats({ runtime, total: config.TALK_SEATS })
  const queue = createJobQueue({ database, node: pubsub.nodeName, claimMs: config.TALK_CLAIM_MS })
  const worker = createJobWorker({ runtime, clock, log, pubsub, queue, work, lookMs: config.TALK_LOOK_MS })
  const schedule = createSchedule({
    runtime,
    log,
    database,
    name: 'clean-up',
    periodMs: config.TALK_SCHEDULE_MS,
    lookMs: config.TALK_LOOK_MS,
    onRun: worker.announce,
  })

  function work({ kind }: ClaimedJob): Promise<unknown> {
    return kind === 'clean-up' ? queue.deleteOld(config.TALK_KEEP_MS) : stubs.call('job')
  }

  return {
    stubs,
    dashboard,
    exports,
    cache,
    seats,
    children: [background.child, exports.child, cache.child, seats.child, worker.child, schedule.child],
    /** Keeps the job in the database and tells all nodes of it. Returns its id. */
    async addJob(job: Omit<NewJob, 'id'>): Promise<string> {
      const id = newId()
      await queue.add({ id, ...job })
      worker.announce()
      return id
    },
    jobOf: queue.find,
    stop: database.stop,
    holds: () => ({
      pending: {
        externalCalls: stubs.underWay(),
        exports: exports.runningCount(),
        jobs: worker.isWorking() ? 1 : 0,
        tasksBesideRequests: background.count(),
      },
    }),
    state: () => ({ stubs: stubs.state(), seatsLeft: seats.left(), scheduledRuns: schedule.runs() }),
  }
}

const delaysOf = (config: TalkConfig) => ({
  lookup: 0,
  compute: config.TALK_PART_MS,
  slow: config.TALK_PART_MS,
  also_slow: config.TALK_PART_MS,
  tracking: config.TALK_TRACKING_MS,
  rates: config.TALK_PART_MS,
  fetch: config.TALK_EXPORT_STEP_MS,
  flag: config.TALK_EXPORT_STEP_MS,
  convert: config.TALK_EXPORT_STEP_MS,
  write: config.TALK_EXPORT_STEP_MS,
  publish: config.TALK_EXPORT_STEP_MS,
  job: config.TALK_JOB_MS,
})

const openPool = (connectionString: string): Pool =>
  new Pool({
    connectionString,
    max: connectionsMax,
    connectionTimeoutMillis: answerWithinMs,
    query_timeout: answerWithinMs,
  })
