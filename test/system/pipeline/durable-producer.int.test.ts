import { Pool } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { noMetrics } from '../../../system/metrics/index.ts'
import { createWorker, type DemandOptions, durableProducer, pipelineStages } from '../../../system/pipeline/index.ts'
import { systemClock as clock } from '../../../system/platform/clock.ts'
import { silentLog as log } from '../../../system/platform/log.ts'
import { createRuntime, supervisor } from '../../../system/runtime/index.ts'
import { type Database, startDatabase } from '../../support/store-cluster.ts'

let database: Database
const stops: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  database = await startDatabase()
})
afterAll(() => database?.stop())
beforeEach(() => database.query('drop table if exists pipeline_items'))
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

interface NodeOptions {
  claimMs?: number
  demand?: DemandOptions
  /** So many items are there before anybody asks. */
  storeFirst?: number
  /** The database answers nothing while this says so. */
  fails?: () => boolean
  /** An item is held until this resolves. */
  hold?: () => Promise<unknown>
}

/** One node with a pipeline on the common database. */
async function startNode(owner: string, options: NodeOptions = {}) {
  const { claimMs = 60_000, hold = async () => {}, demand, storeFirst = 0, fails = () => false } = options
  const pool = new Pool({ connectionString: database.url, max: 4 })
  pool.on('error', () => {})
  stops.push(() => pool.end())
  const runtime = createRuntime({ clock, log })
  const delivered: number[] = []
  let claimCount = 0
  const counted = {
    async query(text: string, values?: unknown[]) {
      if (fails()) throw new Error('the database is down')
      if (text.includes('skip locked')) claimCount += 1
      return pool.query(text, values)
    },
  }
  const producer = durableProducer(runtime, { database: counted, owner, clock, log, claimMs, pollMs: 50 })
  for (const n of numbers(storeFirst)) await producer.pushTimed({ data: { n }, user_id: 1 })
  const work = createWorker({
    broadcast: (_topic, _event, payload) => void delivered.push((payload as { data: { n: number } }).data.n),
    clock,
    metrics: noMetrics,
    async enrich(data) {
      await hold()
      return data
    },
  })
  const stages = pipelineStages(runtime, { producer, work, metrics: noMetrics, ...(demand && { demand }) })
  const top = await supervisor({ clock, log }, owner, { strategy: 'rest_for_one', restartsMax: 20 }, stages).start()
  stops.push(() => top.stop())
  return { producer, delivered, runtime, top, claims: () => claimCount }
}

const pushAll = async ({ producer }: Awaited<ReturnType<typeof startNode>>, count: number) => {
  for (const n of numbers(count)) await producer.pushTimed({ data: { n }, user_id: 1 })
}

const left = async () => (await database.query<{ count: number }>('select count(*)::int from pipeline_items'))[0]!.count

describe('a producer on PostgreSQL (PM-26, PM-58)', () => {
  it('hands on what is pushed, in order, and keeps nothing that is handled', async () => {
    const node = await startNode('n1')
    await pushAll(node, 30)
    await expect.poll(() => node.delivered).toEqual(numbers(30))
    await expect.poll(left).toBe(0)
  })

  it.each([
    [1, 40, 90],
    [10, 4, 30],
    [40, 1, 8],
  ])('is read fewer times the more its consumer asks for at once: max demand %i (PM-34)', async (max, least, most) => {
    const node = await startNode('n1', { demand: { max }, storeFirst: 40 })
    await expect.poll(() => node.delivered).toEqual(numbers(40))
    expect(node.claims()).toBeGreaterThanOrEqual(least)
    expect(node.claims()).toBeLessThanOrEqual(most)
  })

  it('starts without its database, and goes on when it is there', async () => {
    let isDown = true
    const node = await startNode('n1', { fails: () => isDown })
    await expect(node.producer.pushTimed({ data: { n: 1 }, user_id: 1 })).rejects.toThrow('the database is down')
    isDown = false
    await pushAll(node, 3)
    await expect.poll(() => node.delivered).toEqual(numbers(3))
  })

  it('refuses what is no object, before anything is stored (PM-31)', async () => {
    const { producer } = await startNode('n1')
    await expect(producer.push('text')).rejects.toThrow('expected an object')
    expect(await left()).toBe(0)
  })

  it.each([['Pipeline.Producer'], ['Pipeline.ConsumerSupervisor']])(
    'loses nothing when %s is killed in the middle',
    async (name) => {
      const node = await startNode('n1', { claimMs: 200, hold: () => clock.sleep(5) })
      const pushing = pushAll(node, 60)
      await expect.poll(() => node.delivered.length).toBeGreaterThan(10)
      node.runtime.registry.whereis(name)!.kill()
      await pushing
      await expect.poll(left, { timeout: 10_000 }).toBe(0)
      expect([...new Set(node.delivered)].sort((a, b) => a - b)).toEqual(numbers(60))
    },
  )

  it('loses nothing when its node dies, and takes its own claims back at once when it starts again', async () => {
    const first = await startNode('n1', { hold: () => new Promise(() => {}) })
    await pushAll(first, 25)
    await expect.poll(() => first.producer.queued()).toBe(15)
    for (const actor of first.runtime.actors()) actor.kill()
    await first.top.stop()
    const again = await startNode('n1')
    await expect.poll(() => [...again.delivered].sort((a, b) => a - b)).toEqual(numbers(25))
    await expect.poll(left).toBe(0)
  })

  it('gives each item to one of two nodes', async () => {
    const nodes = [await startNode('n1'), await startNode('n2')]
    await Promise.all(numbers(100).map((n) => nodes[n % 2]!.producer.pushTimed({ data: { n }, user_id: 1 })))
    await expect.poll(left).toBe(0)
    expect(nodes.flatMap(({ delivered }) => delivered).sort((a, b) => a - b)).toEqual(numbers(100))
  })

  it('hands the items of a dead node to another one once its claims are too old', async () => {
    const dead = await startNode('n1', { hold: () => new Promise(() => {}) })
    await pushAll(dead, 10)
    await expect.poll(() => dead.producer.queued()).toBe(0)
    for (const actor of dead.runtime.actors()) actor.kill()
    await dead.top.stop()
    const other = await startNode('n2', { claimMs: 300 })
    await expect.poll(() => [...other.delivered].sort((a, b) => a - b)).toEqual(numbers(10))
  })

  it('goes on when the database is back', async () => {
    const node = await startNode('n1')
    await pushAll(node, 3)
    await expect.poll(() => node.delivered.length).toBe(3)
    await database.door.shut()
    await expect(node.producer.push({ data: {}, user_id: 1 })).rejects.toThrow()
    await database.door.open()
    await expect
      .poll(() =>
        node.producer.pushTimed({ data: { n: 4 }, user_id: 1 }).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true)
    await expect.poll(() => node.delivered, { timeout: 10_000 }).toEqual([1, 2, 3, 4])
  })
})
