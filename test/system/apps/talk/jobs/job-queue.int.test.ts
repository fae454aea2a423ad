import { Pool } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createDatabase } from '../../../../../system/apps/talk/database.ts'
import { createExportFiles } from '../../../../../system/apps/talk/exports/export-files.ts'
import { createJobQueue } from '../../../../../system/apps/talk/jobs/job-queue.ts'
import { createSchedule } from '../../../../../system/apps/talk/jobs/schedule.ts'
import { systemClock as clock } from '../../../../../system/platform/clock.ts'
import { silentLog as log } from '../../../../../system/platform/log.ts'
import { createRuntime, supervisor } from '../../../../../system/runtime/index.ts'
import { type Database, startDatabase } from '../../../../support/store-cluster.ts'

/** The statements of jobs, scheduled work and exports on a real PostgreSQL. */
let server: Database
const stops: (() => unknown)[] = []

beforeAll(async () => {
  server = await startDatabase()
})
afterAll(() => server?.stop())
beforeEach(() => server.query('drop table if exists talk_jobs, talk_job_runs, talk_schedules, talk_exports'))
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

/** One node on the common database. */
function openNode(node: string, claimMs = 60_000) {
  const database = createDatabase({ open: () => new Pool({ connectionString: server.url, max: 3 }), log })
  stops.push(database.stop)
  return { database, queue: createJobQueue({ database, node, claimMs }) }
}

const waiting = (id: string, priority = 0) => ({ id, kind: 'wait', priority }) as const
const runs = () =>
  server.query('select job_id, attempt, node, ended_at is not null as ended from talk_job_runs order by number')

describe('the table of jobs (RT-51, RT-79)', () => {
  it('is made once by nodes that begin at the same time', async () => {
    const nodes = Array.from({ length: 6 }, (_, n) => openNode(`n${n}`))
    await Promise.all(nodes.map(({ queue }, n) => queue.add(waiting(`job ${n}`))))
    expect(await server.query('select count(*)::int as n from talk_jobs')).toEqual([{ n: 6 }])
  })

  it('gives each job to one of the nodes that claim at the same time', async () => {
    const [n1, n2] = [openNode('n1'), openNode('n2')]
    for (let n = 0; n < 20; n += 1) await n1.queue.add(waiting(`job ${n}`))
    const claims = await Promise.all(Array.from({ length: 30 }, (_, n) => (n % 2 ? n1 : n2).queue.claim()))
    const ids = claims.flatMap((job) => job?.id ?? [])
    expect([ids.length, new Set(ids).size]).toEqual([20, 20])
    expect(await runs()).toHaveLength(20)
  })

  it('gives the highest priority first, and the oldest of the same', async () => {
    const { queue } = openNode('n1')
    for (const [id, priority] of [
      ['a', 0],
      ['b', 5],
      ['c', 0],
      ['d', 9],
      ['e', 5],
    ] as const)
      await queue.add(waiting(id, priority))
    const order = []
    for (let n = 0; n < 5; n += 1) order.push((await queue.claim())!.id)
    expect(order).toEqual(['d', 'b', 'e', 'a', 'c'])
    expect(await queue.claim()).toBeUndefined()
  })

  it('gives a job again when its claim is over, and the first node ends nothing then', async () => {
    const [n1, n2] = [openNode('n1', 150), openNode('n2')]
    await n1.queue.add(waiting('a'))
    const first = (await n1.queue.claim())!
    expect(await n2.queue.claim()).toBeUndefined()
    expect(await n2.queue.nextClaimInMs()).toBeLessThanOrEqual(150)
    await expect.poll(() => n2.queue.claim()).toEqual({ id: 'a', kind: 'wait', attempt: 2 })
    await n1.queue.end(first)
    expect(await n2.queue.find('a')).toEqual({ id: 'a', kind: 'wait', node: 'n2', attempt: 2, status: 'running' })
    await n2.queue.end({ id: 'a', kind: 'wait', attempt: 2 })
    expect(await n2.queue.find('a')).toEqual({ id: 'a', kind: 'wait', node: 'n2', attempt: 2, status: 'done' })
    expect(await n2.queue.nextClaimInMs()).toBeUndefined()
  })

  it('says what became of a job', async () => {
    const { queue } = openNode('n1')
    expect(await queue.find('a')).toBeUndefined()
    await queue.add(waiting('a'))
    await queue.add(waiting('a', 9))
    expect(await queue.find('a')).toEqual({ id: 'a', kind: 'wait', node: null, attempt: 0, status: 'waiting' })
    await queue.end((await queue.claim())!, 'it cannot be done')
    expect(await queue.find('a')).toEqual({ id: 'a', kind: 'wait', node: 'n1', attempt: 1, status: 'failed' })
  })

  it('deletes what ended long ago, and nothing else', async () => {
    const { queue, database } = openNode('n1')
    const files = createExportFiles(database)
    for (const id of ['old', 'new']) {
      await queue.add(waiting(id))
      await queue.end((await queue.claim())!)
      await files.add(id, 'csv')
    }
    await queue.add(waiting('open'))
    await server.query("update talk_jobs set ended_at = now() - interval '2 days' where id = 'old'")
    await server.query("update talk_exports set created_at = now() - interval '2 days' where id = 'old'")
    await queue.deleteOld(86_400_000)
    expect(await server.query('select id from talk_jobs order by number')).toEqual([{ id: 'new' }, { id: 'open' }])
    expect(await server.query('select id from talk_exports')).toEqual([{ id: 'new' }])
    expect(await runs()).toMatchObject([{ job_id: 'new' }])
  })
})

describe('scheduled work on several nodes (RT-42, RT-43, RT-51)', () => {
  it('is run by one of them in each period, also when they are started again and again', async () => {
    const periodMs = 400
    const startAll = (names: readonly string[]) =>
      Promise.all(
        names.map(async (name) => {
          const runtime = createRuntime({ clock, log })
          const { database } = openNode(name)
          const options = { runtime, log, database, name: 'clean-up', periodMs, lookMs: 60_000, onRun: () => {} }
          const budget = { strategy: 'one_for_one', restartsMax: 3, withinMs: 5_000 } as const
          return supervisor({ clock, log }, name, budget, [createSchedule(options).child]).start()
        }),
      )
    const startedMs = clock.monotonicMs()
    for (let start = 0; start < 6; start += 1) {
      const nodes = await startAll(['n1', 'n2', 'n3'])
      await clock.sleep(periodMs / 2)
      for (const node of nodes) await node.stop()
    }
    const periods = (clock.monotonicMs() - startedMs) / periodMs
    const jobs = await server.query<{ id: string }>('select id from talk_jobs order by number')
    expect(jobs.length).toBeGreaterThanOrEqual(2)
    expect(jobs.length).toBeLessThanOrEqual(Math.floor(periods) + 1)
    expect(jobs.map(({ id }) => id)).toEqual(jobs.map((_, index) => `clean-up:${index + 1}`))
  })
})

describe('exports in the database (RT-41)', () => {
  it('have a file once they are published, and have failed when their node did not end them in time', async () => {
    const { database } = openNode('n1')
    const files = createExportFiles(database)
    const find = (id: string, limitMs = 60_000) => files.find(id, limitMs)
    await files.add('a', 'csv')
    await files.write('a', 'id\r\n')
    expect([(await find('a'))?.status, await files.content('a')]).toEqual(['running', undefined])
    await files.publish('a')
    expect(await files.content('a')).toEqual({ format: 'csv', content: 'id\r\n' })
    await files.add('b', 'json')
    await files.fail('b', 'the disk is full')
    expect(await find('b')).toEqual({ id: 'b', format: 'json', status: 'failed', failure: 'the disk is full' })
    await files.add('c', 'json')
    await expect
      .poll(() => find('c', 1))
      .toEqual({ id: 'c', format: 'json', status: 'failed', failure: 'its node ended' })
    expect([await files.content('b'), await find('d')]).toEqual([undefined, undefined])
  })
})
