import { afterEach, describe, expect, it } from 'vitest'
import { type Metrics, withMeasure } from '../../../system/metrics/metrics.ts'
import {
  createWorker,
  fairDispatcher,
  memoryProducer,
  type PipelineItem,
  type PipelineOptions,
  pipelineStages,
  recordDelivery,
  type WorkerOptions,
} from '../../../system/pipeline/index.ts'
import { createSkewableClock } from '../../../system/platform/clock.ts'
import { createRuntime, supervisor } from '../../../system/runtime/index.ts'
import { createFakeClock, keptLog } from '../../support/channel-case.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function quiet() {
  for (let rounds = 0; rounds < 5; rounds += 1) await new Promise(setImmediate)
}

/** What the log says was lost with the producer, in order. */
const lostIn = (entries: readonly Readonly<Record<string, unknown>>[]) =>
  entries.filter(({ event }) => event === 'queue_lost').map(({ count }) => count)

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

type Setup = { fair?: boolean } & Pick<PipelineOptions, 'consumer' | 'consumers' | 'demand'> &
  Pick<WorkerOptions, 'workMs' | 'enrich' | 'isOnline'>

/** A whole pipeline of its own, so that tests do not meet (PM-56). */
async function startPipeline({ fair = false, consumer, consumers, demand, ...worker }: Setup = {}) {
  const time = createFakeClock()
  const clock = createSkewableClock(time)
  const { log, lines, entries } = keptLog()
  const runtime = createRuntime({ clock, log })
  const measured: [name: string, value: number][] = []
  const sent: { topic: string; event: string; payload: unknown; atMs: number }[] = []
  const startMs = time.monotonicMs()
  const keep = (name: string, value = 1) => void measured.push([name, value])
  const metrics: Metrics = withMeasure({ increment: keep, gauge: keep, histogram: keep, timing: keep }, clock)
  const work = createWorker({
    broadcast: (topic, event, payload) => void sent.push({ topic, event, payload, atMs: time.monotonicMs() - startMs }),
    clock,
    metrics,
    ...worker,
  })
  const lost: number[] = []
  const producer = memoryProducer(runtime, {
    clock,
    onLost: (count) => void lost.push(count),
    ...(fair && { dispatcher: () => fairDispatcher({ ownerOf: ({ item }: PipelineItem) => item.user_id }) }),
  })
  const stages = pipelineStages(runtime, {
    producer,
    work,
    metrics,
    ...(consumer && { consumer }),
    ...(consumers && { consumers }),
    ...(demand && { demand }),
  })
  const top = await supervisor(
    { clock, log },
    'pipeline',
    { strategy: 'rest_for_one', restartsMax: 20 },
    stages,
  ).start()
  stops.push(() => top.stop())
  await quiet()
  return { clock, time, lines, entries, log, lost, metrics, measured, producer, runtime, sent, top }
}

const forUser = (user_id: unknown, n = 1) => ({ data: { n }, user_id })
const seen = (sent: { topic: string; event: string; payload: unknown }[]) =>
  sent.map(({ topic, event, payload }) => [topic, event, payload])

describe('what the producer holds in memory when it ends (PM-26, PM-30)', () => {
  const held = { consumer: 'consumer', demand: { max: 1, min: 0 }, workMs: 1_000 } as const

  it('is logged and counted when the pipeline is stopped, as after SIGTERM', async () => {
    const { producer, entries, lost, top } = await startPipeline(held)
    for (const n of numbers(8)) void producer.push(forUser(1, n))
    await quiet()
    await top.stop()
    // One is in work, and seven wait.
    expect([lostIn(entries), lost]).toEqual([[7], [7]])
  })

  it('is logged and counted after a kill, what waits in its mailbox included', async () => {
    const { producer, entries, lost, runtime } = await startPipeline(held)
    for (const n of numbers(3)) void producer.push(forUser(1, n))
    await quiet()
    for (const n of numbers(4)) void producer.push(forUser(1, n))
    runtime.registry.whereis('Pipeline.Producer')!.kill()
    await quiet()
    expect([lostIn(entries), lost]).toEqual([[6], [6]])
    // What comes later is counted anew.
    for (const n of numbers(2)) void producer.push(forUser(1, n))
    await quiet()
    runtime.registry.whereis('Pipeline.Producer')!.kill()
    await quiet()
    expect(lost).toEqual([6, 1])
  })

  it('is not mentioned where it is nothing', async () => {
    const { producer, entries, lost, time, top } = await startPipeline(held)
    void producer.push(forUser(1))
    await quiet()
    await time.advance(1_000)
    await top.stop()
    expect([lostIn(entries), lost]).toEqual([[], []])
  })
})

describe('a timed push', () => {
  it('reaches the user whom it is for at once, each of ten in order (PM-49, PM-53)', async () => {
    const { producer, sent, clock } = await startPipeline()
    for (const n of numbers(10)) void producer.pushTimed(forUser(1, n))
    await quiet()
    expect(seen(sent)).toEqual(numbers(10).map((n) => ['user:1', 'push_timed', { data: { n }, at: clock.now() }]))
  })

  it('reaches nobody else (PM-54)', async () => {
    const { producer, sent } = await startPipeline()
    void producer.pushTimed(forUser(1))
    await quiet()
    expect(sent.filter(({ topic }) => topic !== 'user:1')).toEqual([])
  })

  it('is measured from the call, the time in the mailbox of the producer included (PM-47, PM-55, AT-37, DF-40)', async () => {
    const { producer, sent, clock, time, metrics, measured, runtime } = await startPipeline()
    const stage = runtime.registry.whereis('Pipeline.Producer')!
    let goOn = () => {}
    const stall = new Promise<void>((resolve) => {
      goOn = resolve
    })
    ;(stage as unknown as { send(message: unknown): void }).send({ kind: 'stall', run: () => stall })
    void producer.pushTimed(forUser(1))
    await quiet()
    await time.advance(200)
    goOn()
    await quiet()
    recordDelivery(metrics, clock, (sent[0]!.payload as { at: number }).at)
    expect(measured.filter(([name]) => name === 'pipeline.push_delivered')).toEqual([['pipeline.push_delivered', 200]])
  })

  it('alone takes no time at all, neither at its worker nor on its way (PM-51, PM-28)', async () => {
    const { producer, clock, metrics, measured, sent } = await startPipeline()
    void producer.pushTimed(forUser(1))
    await quiet()
    recordDelivery(metrics, clock, (sent[0]!.payload as { at: number }).at)
    expect(measured).toEqual([
      ['pipeline.worker.process_time', 0],
      ['pipeline.push_delivered', 0],
    ])
  })

  it.each([
    [1, 0, 500, 520],
    [10, 5, 95, 120],
    [100, 50, 8, 30],
  ])(
    'among 500 with a demand of %i costs its producer one ask for each batch (PM-52, AT-45, DF-136)',
    async (max, min, least, most) => {
      const { producer, sent, runtime } = await startPipeline({ demand: { max, min } })
      const stage = runtime.registry.whereis('Pipeline.Producer')!
      const before = stage.handled
      for (const n of numbers(500)) void producer.pushTimed(forUser(1, n))
      for (let rounds = 0; rounds < 600 && sent.length < 500; rounds += 1) await quiet()
      const askCount = stage.handled - before - 500
      expect(sent.length).toBe(500)
      expect(askCount).toBeGreaterThanOrEqual(least)
      expect(askCount).toBeLessThanOrEqual(most)
    },
  )

  it('of a node whose clock is wrong changes the metric and nothing else (PM-48)', async () => {
    const { producer, sent, clock, metrics, measured } = await startPipeline()
    void producer.pushTimed(forUser(1))
    clock.skew(-5_000)
    await quiet()
    expect(sent.length).toBe(1)
    recordDelivery(metrics, clock, (sent[0]!.payload as { at: number }).at)
    expect(measured.at(-1)).toEqual(['pipeline.push_delivered', -5_000])
  })
})

describe('a plain push', () => {
  it('of fifty items reaches the user in groups of ten, a second apart (PM-46)', async () => {
    const { producer, sent, time } = await startPipeline()
    for (const n of numbers(50)) void producer.push(forUser(1, n))
    await quiet()
    for (let second = 0; second < 6; second += 1) {
      await time.advance(1_000)
      await quiet()
    }
    expect(new Set(sent.map(({ topic, event }) => `${topic} ${event}`))).toEqual(new Set(['user:1 push']))
    expect([...Map.groupBy(sent, ({ atMs }) => atMs)].map(([atMs, group]) => [atMs, group.length])).toEqual(
      numbers(5).map((second) => [second * 1_000, 10]),
    )
  })

  it('comes one by one with a demand of one (PM-46)', async () => {
    const { producer, sent, time } = await startPipeline({ demand: { max: 1 } })
    for (const n of numbers(3)) void producer.push(forUser(1, n))
    await quiet()
    await time.advance(3_000)
    expect(sent.map(({ atMs, payload }) => [atMs, payload])).toEqual(numbers(3).map((n) => [n * 1_000, { n }]))
  })

  it.each([['text'], [7], [null], [undefined], [[1]]])(
    'of %j is refused, for the caller to see (PM-31)',
    async (item) => {
      const { producer } = await startPipeline()
      expect(() => producer.push(item)).toThrow('expected an object such as { data, user_id }')
    },
  )

  it('is refused with a sentence while there is no producer (PM-38)', () => {
    const clock = createFakeClock()
    const producer = memoryProducer(createRuntime({ clock, log: keptLog().log }), { clock })
    expect(() => producer.push(forUser(1))).toThrow('start the pipeline before whoever pushes')
  })

  it('measures each item once (PM-12)', async () => {
    const { producer, measured, time } = await startPipeline()
    for (const n of numbers(4)) void producer.push(forUser(1, n))
    await quiet()
    await time.advance(1_000)
    await quiet()
    expect(measured.filter(([name]) => name === 'pipeline.worker.process_time')).toEqual(
      numbers(4).map(() => ['pipeline.worker.process_time', 1_000]),
    )
  })
})

describe('the stages', () => {
  it('do the same with a plain consumer, one item after the other (PM-37, PM-44)', async () => {
    const { producer, sent, time, lines } = await startPipeline({ consumer: 'consumer' })
    for (const n of numbers(3)) void producer.push(forUser(1, n))
    await quiet()
    await time.advance(3_000)
    expect(sent.map(({ atMs, payload }) => [atMs, payload])).toEqual(numbers(3).map((n) => [n * 1_000, { n }]))
    expect(lines.filter((line) => line === 'a batch of the pipeline').length).toBe(3)
  })

  it('drop an item that fails again and again, count it, and live on (PM-42, DF-45)', async () => {
    const { producer, sent, measured, runtime } = await startPipeline()
    void producer.pushTimed({ data: { n: 1 } })
    void producer.pushTimed(forUser(1, 2))
    await quiet()
    expect(measured.filter(([name]) => name === 'pipeline.item_dropped')).toEqual([['pipeline.item_dropped', 1]])
    expect(measured.filter(([name]) => name === 'pipeline.worker.process_time').length).toBe(5)
    expect([sent.length, runtime.registry.names()]).toEqual([1, ['Pipeline.Producer', 'Pipeline.ConsumerSupervisor']])
  })

  it('come back after a kill of either, and lose what was in memory only (PM-26, DF-43)', async () => {
    const { producer, sent, runtime } = await startPipeline({ demand: { max: 1 } })
    for (const name of ['Pipeline.ConsumerSupervisor', 'Pipeline.Producer']) {
      runtime.registry.whereis(name)!.kill()
      await quiet()
      void producer.pushTimed(forUser(1))
      await quiet()
    }
    expect(sent.length).toBe(2)
  })

  it('deliver the item of a killed worker once: its next worker begins anew (PM-24, PM-42, NF-7)', async () => {
    const { producer, sent, runtime, time } = await startPipeline()
    void producer.push(forUser(1))
    await quiet()
    await time.advance(400)
    runtime
      .actors()
      .find(({ name }) => name === 'Pipeline.Worker')!
      .kill()
    await quiet()
    await time.advance(3_000)
    expect(sent.map(({ atMs, payload }) => [atMs, payload])).toEqual([[1_400, { n: 1 }]])
  })

  it('deliver nothing of a consumer that was killed (PM-24)', async () => {
    const { producer, sent, runtime, time } = await startPipeline({ consumer: 'consumer' })
    for (const n of numbers(3)) void producer.push(forUser(1, n))
    await quiet()
    await time.advance(400)
    runtime.registry.whereis('Pipeline.Consumer')!.kill()
    await quiet()
    void producer.push(forUser(1, 4))
    await time.advance(3_000)
    expect(sent.map(({ payload }) => payload)).toEqual([{ n: 4 }])
  })

  it('share the items between several consumers evenly (PM-63)', async () => {
    const { producer, sent, time } = await startPipeline({ consumer: 'consumer', consumers: 3 })
    for (const n of numbers(9)) void producer.push(forUser(1, n))
    await quiet()
    await time.advance(3_000)
    await quiet()
    expect(sent.map(({ atMs }) => atMs)).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3].map((second) => second * 1_000))
  })

  it('are no faster than the one stage that handles one item at a time, whoever asks (PM-23)', async () => {
    const { producer, sent, time } = await startPipeline({ consumer: 'consumer', demand: { max: 100 } })
    for (const n of numbers(20)) void producer.push(forUser(1, n))
    await quiet()
    await time.advance(5_000)
    expect([sent.length, await producer.queued()]).toEqual([5, 0])
  })

  it('ask a slow source for no more at once than they may work on (PM-27, PM-59)', async () => {
    let asking = 0
    let askingMax = 0
    const { producer, time, sent } = await startPipeline({
      demand: { max: 5 },
      async enrich(data) {
        asking += 1
        askingMax = Math.max(askingMax, asking)
        await time.sleep(50)
        asking -= 1
        return { ...(data as object), name: 'Ada' }
      },
    })
    for (const n of numbers(30)) void producer.pushTimed(forUser(1, n))
    await quiet()
    for (let step = 0; step < 10; step += 1) {
      await time.advance(50)
      await quiet()
    }
    expect([askingMax, sent.length, (sent[0]!.payload as { data: unknown }).data]).toEqual([
      5,
      30,
      { n: 1, name: 'Ada' },
    ])
  })

  it('do nothing for users who are offline (PM-61, DF-137)', async () => {
    const enriched: unknown[] = []
    const { producer, sent } = await startPipeline({
      isOnline: (userId) => userId === 2,
      async enrich(data, userId) {
        enriched.push(userId)
        return data
      },
    })
    for (const userId of [1, 2, 1]) void producer.pushTimed(forUser(userId))
    await quiet()
    expect([enriched, sent.map(({ topic }) => topic)]).toEqual([[2], ['user:2']])
  })

  it.each([
    [false, 1_001],
    [true, 2],
  ])(
    'with a fair dispatcher (%s) serve a light user as number %i behind a heavy one (PM-60, DF-46)',
    async (fair, place) => {
      const { producer, sent, time } = await startPipeline({ fair, demand: { max: 1 }, workMs: 1 })
      for (const n of numbers(1_000)) void producer.push(forUser('heavy', n))
      void producer.push(forUser('light'))
      await quiet()
      await time.advance(1)
      await quiet()
      for (let ms = 0; ms < 1_100 && !sent.some(({ topic }) => topic === 'user:light'); ms += 1) {
        await time.advance(1)
      }
      expect(Math.abs(sent.findIndex(({ topic }) => topic === 'user:light') + 1 - place)).toBeLessThanOrEqual(1)
    },
  )
})
