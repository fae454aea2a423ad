import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  broadcastDispatcher,
  type CancelMode,
  type Dispatcher,
  demandDispatcher,
  type Stage,
  type Subscription,
  startStage,
} from '../../../system/pipeline/index.ts'
import { createRuntime } from '../../../system/runtime/index.ts'
import { createFakeClock, keptLog } from '../../support/channel-case.ts'

/** Until nobody has anything to do without time passing. */
async function quiet() {
  for (let rounds = 0; rounds < 5; rounds += 1) await new Promise(setImmediate)
}

function world() {
  const clock = createFakeClock()
  const { log, lines } = keptLog()
  return { clock, lines, runtime: createRuntime({ clock, log }) }
}

const numbers = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index)

interface Consumer {
  stage: Stage
  batches: number[][]
  /** Lets one batch that waits be finished. */
  release(): void
}

function consumer(
  runtime: ReturnType<typeof world>['runtime'],
  { name, gated = false }: { name?: string; gated?: boolean } = {},
): Consumer {
  const batches: number[][] = []
  const waiting: (() => void)[] = []
  const stage = startStage<number, never>(runtime, {
    kind: 'consumer',
    ...(name && { name }),
    handleItems(items) {
      batches.push(items)
      if (gated) return new Promise<void>((resolve) => void waiting.push(resolve))
    },
  })
  return { stage, batches, release: () => waiting.shift()?.() }
}

const producer = (runtime: ReturnType<typeof world>['runtime'], name?: string) =>
  startStage<never, number>(runtime, { kind: 'producer', ...(name && { name }) })

describe('a producer and its consumer', () => {
  it('hand on ten thousand items that came before anybody asked, in order (PM-30)', async () => {
    const { runtime } = world()
    const source = producer(runtime)
    for (const item of numbers(10_000)) source.push([item])
    const { stage, batches } = consumer(runtime)
    await stage.subscribe(source)
    await expect.poll(() => batches.flat().length).toBe(10_000)
    expect(batches.flat()).toEqual(numbers(10_000))
  })

  it('log how many items were discarded (PM-30, DF-44)', async () => {
    const { runtime, lines } = world()
    const source = startStage<never, number>(runtime, { kind: 'producer', buffer: { sizeMax: 5 } })
    await source.emit(numbers(8))
    const { stage, batches } = consumer(runtime)
    await stage.subscribe(source)
    await quiet()
    expect([batches.flat(), lines]).toEqual([[4, 5, 6, 7, 8], ['the buffer is full: items were discarded']])
  })

  it('work in singles first and then in fives, when pushing outruns the handler (PM-35, PM-36)', async () => {
    const { runtime } = world()
    const source = startStage<never, unknown>(runtime, { kind: 'producer' })
    const sizes: number[] = []
    const { stage } = {
      stage: startStage<unknown, never>(runtime, {
        kind: 'consumer',
        handleItems: (items) => void sizes.push(items.length),
      }),
    }
    await stage.subscribe(source, { max: 10, min: 5 })
    source.push([{}])
    await quiet()
    for (const n of numbers(53)) source.push([{ n }])
    await quiet()
    const singles = sizes.slice(0, 10)
    const fives = sizes.slice(10, 18)
    const rest = sizes.slice(18)
    expect(singles.every((size) => size === 1)).toBe(true)
    expect(fives).toEqual([5, 5, 5, 5, 5, 5, 5, 5])
    expect(rest.reduce((sum, size) => sum + size, 0)).toBe(4)
  })

  it('return from a push before anything is handled, however idle they are (PM-25, PM-31)', async () => {
    const { runtime } = world()
    const source = producer(runtime)
    const { stage, batches } = consumer(runtime)
    await stage.subscribe(source)
    source.push([1])
    expect(batches).toEqual([])
    await quiet()
    expect(batches).toEqual([[1]])
  })

  it('refuse a demand that cannot be, and live on (PM-63)', async () => {
    const { runtime } = world()
    const [source, { stage }] = [producer(runtime), consumer(runtime)]
    await expect(stage.subscribe(source, { max: 1, min: 5 })).rejects.toThrow('min demand is 5')
    expect(stage.alive).toBe(true)
    expect(() =>
      startStage(runtime, { kind: 'consumer', handleItems() {}, subscribeTo: [{ to: source, options: { max: 0 } }] }),
    ).toThrow('max demand is 0')
  })

  it('cannot start without the producer that they need', async () => {
    const { runtime } = world()
    const start = (cancel: CancelMode) =>
      startStage(runtime, { kind: 'consumer', handleItems() {}, subscribeTo: [{ to: 'nobody', options: { cancel } }] })
    expect(() => start('permanent')).toThrow('cannot start: noproc')
    expect(start('temporary').alive).toBe(true)
    expect(runtime.actors().length).toBe(1)
  })
})

describe('what a subscription says about the end', () => {
  it.each([
    ['permanent', 'shutdown', false],
    ['permanent', 'crash', false],
    ['transient', 'shutdown', true],
    ['transient', 'crash', false],
    ['temporary', 'crash', true],
  ] as const)('%s: the producer ends by %s, the consumer lives on: %s', async (cancel, how, livesOn) => {
    const { runtime } = world()
    const [source, { stage, batches }] = [producer(runtime), consumer(runtime)]
    await stage.subscribe(source, { cancel })
    if (how === 'shutdown') await source.stop({ kind: 'shutdown' })
    else source.run('crash', () => Promise.reject(new Error('boom')))
    await quiet()
    expect([source.alive, stage.alive]).toEqual([false, livesOn])
    if (!livesOn) return
    const another = producer(runtime)
    await stage.subscribe(another)
    await another.emit([1])
    await quiet()
    expect(batches).toEqual([[1]])
  })

  it('a consumer that dies takes only what it held with it', async () => {
    const { runtime } = world()
    const [source, first, second] = [producer(runtime), consumer(runtime, { gated: true }), consumer(runtime)]
    await first.stage.subscribe(source, { max: 4, min: 2 })
    await source.emit(numbers(10))
    await quiet()
    first.stage.kill()
    await second.stage.subscribe(source, { max: 4, min: 2 })
    await quiet()
    expect([first.batches.flat(), second.batches.flat()]).toEqual([
      [1, 2],
      [5, 6, 7, 8, 9, 10],
    ])
  })

  it('a new consumer gets what waits in the buffer, though the dead one had asked for more', async () => {
    const { runtime } = world()
    const [source, first, second] = [producer(runtime), consumer(runtime), consumer(runtime)]
    await first.stage.subscribe(source, { max: 10, min: 5 })
    await quiet()
    first.stage.kill()
    await quiet()
    await source.emit(numbers(3))
    await second.stage.subscribe(source, { max: 10, min: 5 })
    await quiet()
    await source.emit(numbers(3, 4))
    await quiet()
    expect(second.batches.flat()).toEqual(numbers(6))
  })

  it('items that come after the end of a subscription are not handled', async () => {
    const { runtime } = world()
    const [source, { stage, batches }] = [producer(runtime), consumer(runtime)]
    const subscription = await stage.subscribe(source, { cancel: 'temporary' })
    source.cancel(subscription, { kind: 'normal' })
    await quiet()
    stage.receive(subscription, [1])
    await quiet()
    expect([batches, stage.alive]).toEqual([[], true])
  })

  it('a second subscription to a broadcasting producer is refused, and the first goes on', async () => {
    const { runtime } = world()
    const source = startStage<never, number>(runtime, { kind: 'producer', dispatcher: () => broadcastDispatcher() })
    const { stage, batches } = consumer(runtime)
    await stage.subscribe(source)
    await stage.subscribe(source)
    await quiet()
    await source.emit([1])
    await quiet()
    expect([stage.alive, batches]).toEqual([true, [[1]]])
  })
})

describe('a producer that accumulates', () => {
  it('holds back what waits in its buffer too, and lets it go in order', async () => {
    const { runtime } = world()
    const [source, { stage, batches }] = [producer(runtime), consumer(runtime)]
    await source.emit(numbers(3))
    await source.setDemandMode('accumulate')
    await stage.subscribe(source, { max: 10, min: 5 })
    await source.emit([4])
    await quiet()
    expect(batches).toEqual([])
    await source.setDemandMode('forward')
    await quiet()
    expect(batches).toEqual([[1, 2, 3], [4]])
  })
})

describe('manual demand', () => {
  it('a batch is empty where a selector wants nothing of an emission', async () => {
    const { runtime } = world()
    const source = startStage<never, number>(runtime, { kind: 'producer', dispatcher: () => broadcastDispatcher() })
    const batches: number[][] = []
    const stage = startStage<number, never>(runtime, {
      kind: 'consumer',
      onSubscribe: () => 'manual',
      handleItems: (items) => void batches.push(items),
    })
    const subscription = await stage.subscribe(source, { selector: (item: number) => item > 1 })
    source.ask(subscription, 4)
    await source.emit([1])
    await source.emit([2])
    await quiet()
    expect(batches).toEqual([[], [2]])
  })

  it('nothing comes without an ask, and asks add up', async () => {
    const { runtime } = world()
    const source = producer(runtime)
    const batches: number[][] = []
    const stage = startStage<number, never>(runtime, {
      kind: 'consumer',
      onSubscribe: () => 'manual',
      handleItems: (items) => void batches.push(items),
    })
    const subscription: Subscription = await stage.subscribe(source, { max: 2, min: 1 })
    await source.emit(numbers(9))
    await quiet()
    expect(batches).toEqual([])
    source.ask(subscription, 5)
    await quiet()
    expect(batches).toEqual([[1, 2, 3, 4, 5]])
  })
})

function finishOne(one: Consumer & { finished: number }) {
  if (one.batches.length > one.finished) one.finished += 1
  one.release()
}

/** Says of each delivery how many items it has, at the moment when they leave the producer. */
function countingProducer(
  runtime: ReturnType<typeof world>['runtime'],
  onDelivery: (to: Stage, count: number) => void,
) {
  const counting = (dispatcher: Dispatcher<Subscription, number>): typeof dispatcher => ({
    ...dispatcher,
    dispatch(items) {
      const dispatched = dispatcher.dispatch(items)
      for (const { to, items: some } of dispatched.deliveries) onDelivery(to.consumer, some.length)
      return dispatched
    },
  })
  return startStage<never, number>(runtime, { kind: 'producer', dispatcher: () => counting(demandDispatcher()) })
}

describe('any number of consumers (PM-24, PM-29)', () => {
  const plan = fc.record({
    demands: fc.array(
      fc.integer({ min: 1, max: 8 }).chain((max) => fc.record({ max: fc.constant(max), min: fc.nat(max - 1) })),
      { minLength: 1, maxLength: 4 },
    ),
    actions: fc.array(
      fc.oneof(fc.record({ push: fc.integer({ min: 1, max: 7 }) }), fc.record({ release: fc.nat(3) })),
      {
        maxLength: 40,
      },
    ),
  })

  it('never hold more than they asked for; no item is lost or doubled; each gets its items in order', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ demands, actions }) => {
        const { runtime } = world()
        const delivered = new Map<Stage, number>()
        const source = countingProducer(
          runtime,
          (to, count) => void delivered.set(to, (delivered.get(to) ?? 0) + count),
        )
        const consumers = demands.map((demand) => ({ ...consumer(runtime, { gated: true }), demand, finished: 0 }))
        for (const { stage, demand } of consumers) await stage.subscribe(source, demand)
        let pushed = 0
        for (const action of actions) {
          if ('push' in action) {
            source.push(numbers(action.push, pushed + 1))
            pushed += action.push
          } else finishOne(consumers[action.release % consumers.length]!)
          await quiet()
          for (const { stage, demand, batches, finished } of consumers) {
            const handled = batches.slice(0, finished).flat().length
            expect((delivered.get(stage) ?? 0) - handled).toBeLessThanOrEqual(demand.max)
            expect(Math.max(0, ...batches.map(({ length }) => length))).toBeLessThanOrEqual(demand.max - demand.min)
          }
        }
        const received = () => consumers.map(({ batches }) => batches.flat())
        while (received().flat().length < pushed) {
          for (const one of consumers) finishOne(one)
          await quiet()
        }
        expect(
          received()
            .flat()
            .sort((a, b) => a - b),
        ).toEqual(numbers(pushed))
        for (const items of received()) expect(items).toEqual([...items].sort((a, b) => a - b))
      }),
      { numRuns: 40 },
    )
  })

  it('share three hundred items evenly when they ask for the same (PM-63)', async () => {
    const { runtime } = world()
    const source = producer(runtime)
    const consumers = numbers(3).map(() => consumer(runtime))
    for (const { stage } of consumers) await stage.subscribe(source, { max: 10, min: 5 })
    for (const n of numbers(300)) {
      source.push([n])
      await quiet()
    }
    for (const { batches } of consumers) expect(Math.abs(batches.flat().length - 100)).toBeLessThanOrEqual(5)
  })
})

describe('a middle stage (PM-29, PM-62)', () => {
  it('handles nothing more once a permanent subscription has ended', async () => {
    const { runtime } = world()
    const [first, second, last] = [producer(runtime), producer(runtime), consumer(runtime)]
    const handled: number[][] = []
    const middle = startStage<number, number>(runtime, {
      kind: 'producer_consumer',
      handleItems(items) {
        handled.push(items)
        return items
      },
    })
    await middle.subscribe(first)
    await middle.subscribe(second)
    await first.emit([1])
    await quiet()
    first.kill()
    await quiet()
    await second.emit([2])
    await quiet()
    expect([middle.alive, handled]).toEqual([true, []])
    await last.stage.subscribe(middle, { cancel: 'temporary' })
    await quiet()
    expect([middle.alive, handled]).toEqual([false, [[1]]])
  })

  it('goes on for the demand of a consumer that is gone, and for that of the next one', async () => {
    const { runtime } = world()
    const [source, first, second] = [producer(runtime), consumer(runtime), consumer(runtime, { gated: true })]
    const middle = startStage<number, number>(runtime, {
      kind: 'producer_consumer',
      subscribeTo: [{ to: source, options: { max: 5, min: 0 } }],
      handleItems: (items) => items,
    })
    await first.stage.subscribe(middle, { max: 10, min: 5 })
    await quiet()
    first.stage.kill()
    await quiet()
    await source.emit(numbers(15))
    await quiet()
    expect(await middle.buffered()).toBe(15)
    await second.stage.subscribe(middle, { max: 10, min: 0 })
    await source.emit(numbers(30, 16))
    await quiet()
    expect([await source.buffered(), await middle.buffered()]).toEqual([0, 35])
  })

  it('counts an item that is pushed into it as an answer to demand', async () => {
    const { runtime } = world()
    const [source, last] = [producer(runtime), consumer(runtime, { gated: true })]
    const handled: number[] = []
    const middle = startStage<number, number>(runtime, {
      kind: 'producer_consumer',
      subscribeTo: [{ to: source }],
      handleItems(items) {
        handled.push(...items)
        return items
      },
    })
    await last.stage.subscribe(middle, { max: 2, min: 0 })
    await middle.emit([100, 200])
    await source.emit([1])
    await quiet()
    expect([last.batches, handled]).toEqual([[[100, 200]], []])
  })

  it('passes on what its handler makes of each item, in order, and holds no more than its demand', async () => {
    const { runtime } = world()
    const source = producer(runtime)
    let inside = 0
    let insideMax = 0
    const middle = startStage<number, string>(runtime, {
      kind: 'producer_consumer',
      subscribeTo: [{ to: source, options: { max: 4, min: 2 } }],
      async handleItems(items) {
        inside += items.length
        insideMax = Math.max(insideMax, inside)
        await Promise.resolve()
        inside -= items.length
        return items.flatMap((item) => [`${item}a`, `${item}b`])
      },
    })
    const batches: string[][] = []
    startStage<string, never>(runtime, {
      kind: 'consumer',
      subscribeTo: [{ to: middle, options: { max: 3, min: 0 } }],
      handleItems: (items) => void batches.push(items),
    })
    await source.emit(numbers(50))
    await expect.poll(() => batches.flat().length).toBe(100)
    expect(batches.flat()).toEqual(numbers(50).flatMap((item) => [`${item}a`, `${item}b`]))
    expect(insideMax).toBeLessThanOrEqual(2)
  })

  it('keeps no more than 64 in flight in 32 stages with a demand of 2 (PM-62)', async () => {
    const { runtime } = world()
    let made = 0
    const source = startStage<never, number>(runtime, {
      kind: 'producer',
      handleDemand: (count) => {
        made += count
        return numbers(count, made - count + 1)
      },
    })
    let above: Stage = source
    for (let level = 0; level < 30; level += 1) {
      above = startStage<number, number>(runtime, {
        kind: 'producer_consumer',
        subscribeTo: [{ to: above, options: { max: 2 } }],
        handleItems: (items) => items,
      })
    }
    const last = consumer(runtime, { gated: true })
    await last.stage.subscribe(above, { max: 2 })
    await quiet()
    expect(made - last.batches.flat().length).toBeLessThanOrEqual(64)
    for (let n = 0; n < 20; n += 1) {
      last.release()
      await quiet()
    }
    expect(made - last.batches.flat().length).toBeLessThanOrEqual(64)
    expect(last.batches.flat()).toEqual(numbers(last.batches.flat().length))
    expect(last.batches.flat().length).toBeGreaterThan(15)
  })
})
