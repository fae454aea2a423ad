import { afterEach, describe, expect, it } from 'vitest'
import { type Case, startWorkshop } from './support.ts'

let one: Case | undefined
afterEach(() => one?.stop())
const started = async (env: Record<string, number> = {}) => (one = await startWorkshop(env))

const mean = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length

describe('one consumer', () => {
  it('takes one event after the other, whatever waits: the backlog falls by one per use (MR-15, MR-18)', async () => {
    const { enqueue, clock, counts } = await started()
    await enqueue(20)
    for (let done = 0; done < 20; done += 1) {
      expect(counts()).toMatchObject({ unprocessed: 20 - done, processed: done, inside: 1 })
      await clock.advance(100)
    }
    expect(counts()).toMatchObject({ unprocessed: 0, processed: 20, inside: 0, dropped: 0, lost: 0 })
  })

  it('counts what it holds itself as unprocessed (MR-17)', async () => {
    const { enqueue, counts } = await started({ DEMAND: 1_000 })
    await enqueue(20)
    expect(counts()).toMatchObject({ unprocessed: 20, inside: 1 })
  })

  it('measures each event once, from enqueued to processed, and the wait grows with the depth (MR-20, MR-21)', async () => {
    const { enqueue, clock, measured, workshop } = await started()
    await enqueue(10)
    await clock.advance(2_000)
    const expected = Array.from({ length: 10 }, (_, index) => ({ depth: index + 1, latencyMs: (index + 1) * 100 }))
    expect(workshop.run().events).toEqual(expected)
    expect(measured).toEqual(expected.map(({ latencyMs }) => ['part2.event.latency', latencyMs]))
    expect(workshop.panel().latency).toEqual({ last: 1_000, mean: 550, max: 1_000 })
  })
})

describe('three consumers', () => {
  it.each([1, 1_000])(
    'that are there before the burst empty it three times as fast, with a demand of %i (MR-19, MR-22)',
    async (demand) => {
      const { enqueue, clock, counts, workshop } = await started({ CONSUMERS: 3, DEMAND: demand })
      await enqueue(30)
      expect(counts().inside).toBe(3)
      await clock.advance(1_000)
      expect(counts()).toMatchObject({ unprocessed: 0, processed: 30 })
      const latencies = workshop.run().events.map(({ latencyMs }) => latencyMs)
      expect(mean(latencies)).toBe(550)
    },
  )

  it.each([
    [1, 3],
    [1_000, 1],
  ])(
    'that come while events wait: with a demand of %i of the first, %i are busy (MR-19, DF-47)',
    async (demand, busy) => {
      const { enqueue, clock, counts, workshop } = await started({ DEMAND: demand })
      await enqueue(30)
      await workshop.setConsumers(3)
      await clock.advance(200)
      expect(counts().inside).toBe(busy)
      expect(workshop.panel().settings.consumers).toBe(3)
    },
  )
})

describe('consumers that are stopped again', () => {
  it('are gone from the list, and the others go on (MR-19)', async () => {
    const { enqueue, clock, counts, workshop, runtime } = await started()
    const consumers = () => runtime.actors().filter(({ role }) => role === 'consumer').length
    await workshop.setConsumers(4)
    expect(consumers()).toBe(4)
    await workshop.setConsumers(2)
    expect(consumers()).toBe(2)
    await enqueue(4)
    await clock.advance(200)
    expect(counts()).toMatchObject({ unprocessed: 0, processed: 4 })
  })
})

describe('a consumer supervisor', () => {
  it.each([1, 5, 15])(
    'has as many workers as the configuration says, %i, and the limit of 15 refuses none (MR-23, MR-24)',
    async (workers) => {
      const { enqueue, clock, counts, workshop } = await started({ WORKERS: workers, LIMIT: 15 })
      await enqueue(60)
      expect(counts().inside).toBe(workers)
      await clock.advance((60 / workers) * 100)
      expect(counts()).toMatchObject({ unprocessed: 0, processed: 60, refused: 0, dropped: 0 })
      expect(workshop.panel().insideMax).toBe(workers)
    },
  )

  it('drops what a resource at its limit refuses, and says so', async () => {
    const { enqueue, clock, counts } = await started({ WORKERS: 5, LIMIT: 3 })
    await enqueue(5)
    await clock.advance(100)
    expect(counts()).toMatchObject({ unprocessed: 0, processed: 3, dropped: 2, refused: 2 })
  })
})

describe('the supervision of the stages', () => {
  it('lists the producer and the consumers by name (MR-16)', async () => {
    const { runtime } = await started({ CONSUMERS: 2 })
    const names = runtime.actors().map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['Workshop.Producer', 'Workshop.Consumer.1', 'Workshop.Consumer.2']))
  })

  it.each(['Workshop.Producer', 'Workshop.Consumer.1'])(
    'begins anew when %s ends: what waited is lost, counted, and never processed',
    async (victim) => {
      const { enqueue, clock, counts, kill } = await started({ DEMAND: 10 })
      await enqueue(20)
      await clock.advance(250)
      await kill(victim)
      expect(counts()).toMatchObject({ unprocessed: 0, processed: 2, lost: 18 })
      await enqueue(3)
      await clock.advance(1_000)
      expect(counts()).toMatchObject({ unprocessed: 0, processed: 5, lost: 18, inside: 0 })
    },
  )

  it('drops the event whose use was cut short by the end of the resource only if it could not enter', async () => {
    const { enqueue, clock, counts, kill } = await started()
    await enqueue(2)
    await clock.advance(50)
    await kill('Workshop.MockResource')
    await clock.advance(1_000)
    expect(counts()).toMatchObject({ unprocessed: 0, processed: 2, dropped: 0 })
  })
})
