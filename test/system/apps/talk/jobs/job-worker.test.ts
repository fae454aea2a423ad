import { afterEach, describe, expect, it } from 'vitest'
import type { ClaimedJob } from '../../../../../system/apps/talk/jobs/job-queue.ts'
import { createJobWorker } from '../../../../../system/apps/talk/jobs/job-worker.ts'
import { createPubSub } from '../../../../../system/pubsub/index.ts'
import { type Bench, createBench } from '../support.ts'

let bench: Bench
afterEach(() => bench.stop())

interface Queued {
  id: string
  attempt: number
  claimedUntilMs: number
  ended?: string | true
}

/** Workers on one queue in memory that keeps claims as the table does. */
async function startWorkers(
  names: readonly string[],
  options: { workMs?: number; fails?: (id: string) => boolean } = {},
) {
  bench = createBench()
  const { clock, log } = bench
  const jobs: Queued[] = []
  const ran: string[] = []
  const claimMs = 10_000
  const isFree = (job: Queued) => !job.ended && job.claimedUntilMs < clock.now()
  const queue = {
    claimMs,
    async claim(): Promise<ClaimedJob | undefined> {
      const job = jobs.find(isFree)
      if (!job) return undefined
      job.attempt += 1
      job.claimedUntilMs = clock.now() + claimMs
      return { id: job.id, kind: 'wait', attempt: job.attempt }
    },
    async end({ id, attempt }: ClaimedJob, failure?: string) {
      const job = jobs.find((one) => one.id === id)!
      if (job.attempt === attempt) job.ended ??= failure ?? true
      return []
    },
    async nextClaimInMs() {
      const open = jobs
        .filter(({ ended }) => !ended)
        .map(({ claimedUntilMs }) => Math.max(0, claimedUntilMs - clock.now()))
      return open.length === 0 ? undefined : Math.min(...open)
    },
  }
  const pubsub = createPubSub({ nodeName: 'n1', log })
  const workers = names.map((name) => {
    return createJobWorker({
      runtime: names.length === 1 ? bench.runtime : createBench().runtime,
      clock,
      log,
      pubsub,
      queue,
      lookMs: 60_000,
      async work({ id }) {
        ran.push(`${id} on ${name}`)
        await clock.sleep(options.workMs ?? 100)
        if (options.fails?.(id)) throw new Error(`${id} cannot be done`)
      },
    })
  })
  await bench.start(...workers.map(({ child }, index) => ({ ...child, name: `worker ${index}` })))
  const add = (...ids: string[]) => {
    for (const id of ids) jobs.push({ id, attempt: 0, claimedUntilMs: Number.NEGATIVE_INFINITY })
  }
  return { jobs, ran, add, announce: () => workers[0]!.announce(), isWorking: () => workers[0]!.isWorking() }
}

describe('a worker (RT-51)', () => {
  it('runs what it is told of, one after the other', async () => {
    const { add, announce, ran, jobs, isWorking } = await startWorkers(['n1'])
    add('a', 'b')
    announce()
    await bench.clock.advance(50)
    expect([ran, isWorking()]).toEqual([['a on n1'], true])
    await bench.clock.advance(250)
    expect([ran, isWorking()]).toEqual([['a on n1', 'b on n1'], false])
    expect(jobs.map(({ ended }) => ended)).toEqual([true, true])
  })

  it('shares jobs with the worker of another node, and no job is run by both', async () => {
    const { add, announce, ran } = await startWorkers(['n1', 'n2'])
    const ids = Array.from({ length: 10 }, (_, n) => `job ${n}`)
    add(...ids)
    announce()
    await bench.clock.advance(600)
    expect(ran.map((one) => one.split(' on ')[0]).toSorted()).toEqual(ids)
    expect(new Set(ran.map((one) => one.split(' on ')[1]))).toEqual(new Set(['n1', 'n2']))
  })

  it('finds jobs that nobody told it of', async () => {
    const { add, ran } = await startWorkers(['n1'])
    add('a')
    await bench.clock.advance(59_999)
    expect(ran).toEqual([])
    await bench.clock.advance(1)
    expect(ran).toEqual(['a on n1'])
  })

  it('ends a job that fails, and says why', async () => {
    const { add, announce, jobs } = await startWorkers(['n1'], { fails: (id) => id === 'a' })
    add('a', 'b')
    announce()
    await bench.clock.advance(300)
    expect(jobs.map(({ ended, attempt }) => [ended, attempt])).toEqual([
      ['a cannot be done', 1],
      [true, 1],
    ])
  })

  it('ends its work when the claim is over, and gives up after five attempts', async () => {
    const { add, announce, jobs, ran } = await startWorkers(['n1'], { workMs: 12_000 })
    add('a')
    announce()
    await bench.clock.advance(9_999)
    expect(bench.runtime.actors().map(({ name }) => name)).toContain('Talk.Job')
    await bench.clock.advance(1)
    expect(bench.runtime.actors().map(({ name }) => name)).not.toContain('Talk.Job')
    await bench.clock.advance(60_000)
    expect([ran.length, jobs[0]!.ended]).toEqual([5, 'given up after 5 attempts'])
  })

  it('that is killed at work ends its job, which is run again when the claim is over: at least once', async () => {
    const { add, announce, ran, jobs } = await startWorkers(['n1'], { workMs: 1_000 })
    add('a')
    announce()
    await bench.clock.advance(500)
    // Told while it is at work, it has a message that goes with it.
    announce()
    await bench.kill('Talk.Jobs')
    expect(bench.runtime.actors().map(({ name }) => name)).not.toContain('Talk.Job')
    announce()
    await bench.clock.advance(9_500)
    expect(ran).toHaveLength(1)
    await bench.clock.advance(1_600)
    expect([ran.length, jobs[0]]).toMatchObject([2, { attempt: 2, ended: true }])
  })
})
