import { describe, expect, it } from 'vitest'
import { startConsumerSupervisor, startStage } from '../../../system/pipeline/index.ts'
import { type AnyActorRef, createRuntime } from '../../../system/runtime/index.ts'
import { createFakeClock, keptLog } from '../../support/channel-case.ts'

async function quiet() {
  for (let rounds = 0; rounds < 5; rounds += 1) await new Promise(setImmediate)
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

/** Items of `bad` fail in their first attempts; those of `unstartable` cannot be started; a worker that starts late is a promise. */
function factory({
  max = 3,
  min,
  bad = {},
  unstartable = [],
  startsLate = false,
}: {
  max?: number
  min?: number
  bad?: Record<number, number>
  unstartable?: number[]
  startsLate?: boolean
} = {}) {
  const clock = createFakeClock()
  const { log, lines } = keptLog()
  const runtime = createRuntime({ clock, log })
  const starts: { item: number; id: string; atMs: number }[] = []
  const attempts = new Map<number, number>()
  let running = 0
  let runningMax = 0
  const source = startStage<never, number>(runtime, { kind: 'producer' })

  function startWorker(item: number, supervisor: AnyActorRef) {
    if (unstartable.includes(item)) throw new Error('no room')
    const worker = runtime.spawn<number>({
      parent: supervisor,
      async handle(_item, self) {
        await clock.sleep(1_000)
        attempts.set(item, (attempts.get(item) ?? 0) + 1)
        if ((attempts.get(item) ?? 0) <= (bad[item] ?? 0)) throw new Error(`item ${item}`)
        self.exit()
      },
    })
    starts.push({ item, id: worker.id, atMs: clock.monotonicMs() })
    running += 1
    runningMax = Math.max(runningMax, running)
    worker.onExit(() => {
      running -= 1
    })
    worker.send(item)
    return worker
  }

  const stage = startConsumerSupervisor<number>(runtime, {
    name: 'workers',
    startWorker: startsLate ? async (...args) => startWorker(...args) : startWorker,
    subscribeTo: [{ to: source, options: { max, ...(min !== undefined && { min }) } }],
  })
  const seconds = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      await clock.advance(1_000)
      await quiet()
    }
  }
  return { clock, lines, runtime, source, stage, starts, seconds, peak: () => runningMax }
}

describe('a consumer supervisor', () => {
  it.each([1, 10, 100])('with a demand of %i runs at most as many workers at once (PM-40)', async (max) => {
    const { source, starts, seconds, peak } = factory({ max })
    source.push(numbers(250))
    await seconds(260)
    expect([peak(), starts.length]).toEqual([max, 250])
  })

  it('starts a new worker for each item, and never one twice (PM-39)', async () => {
    const { source, starts, seconds } = factory({ max: 10 })
    for (const n of numbers(50)) source.push([n])
    await seconds(10)
    expect(new Set(starts.map(({ id }) => id)).size).toBe(50)
  })

  it('runs fifty items of one second in five groups of ten (PM-41)', async () => {
    const { source, starts, seconds } = factory({ max: 10 })
    for (const n of numbers(50)) source.push([n])
    await seconds(6)
    const firstMs = starts[0]!.atMs
    const groups = Map.groupBy(starts, ({ atMs }) => (atMs - firstMs) / 1_000)
    expect([...groups].map(([second, group]) => [second, group.map(({ item }) => item)])).toEqual(
      numbers(5).map((group) => [group - 1, numbers(10).map((n) => (group - 1) * 10 + n)]),
    )
  })

  it('asks for as many as ended, once min of them have', async () => {
    const { source, starts, seconds, stage } = factory({ max: 4, min: 3 })
    source.push(numbers(20))
    await quiet()
    await stage.startWorker(99)
    expect((await stage.counts()).active).toBe(5)
    await seconds(1)
    expect(starts.map(({ item }) => item)).toEqual([1, 2, 3, 4, 99, 5, 6, 7])
  })

  it('starts a worker again that failed, with its item, and not one that ended well (PM-42)', async () => {
    const { source, starts, seconds } = factory({ max: 1, bad: { 2: 1 } })
    source.push(numbers(3))
    await seconds(5)
    expect(starts.map(({ item }) => item)).toEqual([1, 2, 2, 3])
  })

  it('ends when workers fail too often, and takes the others with it', async () => {
    const { source, runtime, seconds, stage } = factory({ max: 3, bad: { 2: 9 } })
    source.push(numbers(6))
    await seconds(6)
    expect([stage.alive, source.alive, runtime.actors().length]).toEqual([false, true, 1])
  })

  it.each([
    ['at once', false],
    ['later', true],
  ])(
    'logs a worker that turns out %s to be unable to start, and goes on with the next item (PM-43)',
    async (_when, startsLate) => {
      const { source, starts, seconds, lines, peak } = factory({ max: 1, unstartable: [2], startsLate })
      source.push(numbers(4))
      await seconds(4)
      expect([starts.map(({ item }) => item), lines]).toEqual([[1, 3, 4], ['ConsumerSupervisor failed to start child']])
      expect(peak()).toBe(1)
    },
  )

  it('stops its workers with it', async () => {
    const { source, runtime, stage } = factory({ max: 3 })
    source.push(numbers(3))
    await quiet()
    expect(runtime.actors().length).toBe(5)
    await stage.stop()
    expect(runtime.actors().map(({ role }) => role)).toEqual(['producer'])
  })

  it('takes its workers along when it is killed', async () => {
    const { source, runtime, stage } = factory({ max: 3 })
    source.push(numbers(3))
    await quiet()
    stage.kill()
    await quiet()
    expect(runtime.actors().map(({ role }) => role)).toEqual(['producer'])
  })

  it('terminates one worker by hand, whose place is free again', async () => {
    const { source, starts, stage, runtime } = factory({ max: 1 })
    source.push(numbers(2))
    await quiet()
    const worker = runtime.actors().find(({ id }) => id === starts[0]!.id)!
    expect(await stage.terminateWorker(worker)).toBe(true)
    await quiet()
    expect(await stage.terminateWorker(worker)).toBe(false)
    expect(starts.map(({ item }) => item)).toEqual([1, 2])
  })

  it('tells whoever starts a worker by hand that it could not, and lives on', async () => {
    const { stage } = factory({ unstartable: [7] })
    await expect(stage.startWorker(7)).rejects.toThrow('no room')
    expect([(await stage.startWorker(8))?.alive, stage.alive]).toEqual([true, true])
  })

  it('refuses permanent workers: an item would be handled for ever', () => {
    const runtime = createRuntime({ clock: createFakeClock(), log: keptLog().log })
    const start = () => startConsumerSupervisor(runtime, { restart: 'permanent', startWorker: () => undefined })
    expect(start).toThrow('make it transient or temporary')
  })
})
