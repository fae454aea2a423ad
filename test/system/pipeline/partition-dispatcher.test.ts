import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { partitionDispatcher } from '../../../system/pipeline/index.ts'

const subscriber = (consumer: string) => ({ consumer })
const modulo = (partitions: number) =>
  partitionDispatcher<{ consumer: string }, number>({ partitions, hash: (item) => item % partitions })

const byConsumer = (deliveries: { to: { consumer: string }; items: number[] }[]) =>
  Object.fromEntries(deliveries.map(({ to, items }) => [to.consumer, items]))

describe('the partition dispatcher', () => {
  it('sends an item to the partition that its hash names', () => {
    const one = modulo(2)
    const [even, odd] = [subscriber('even'), subscriber('odd')]
    one.subscribe(even, { partition: 0 })
    one.subscribe(odd, { partition: 1 })
    one.ask(even, 3)
    one.ask(odd, 3)
    expect(byConsumer(one.dispatch([1, 2, 3, 4]).deliveries)).toEqual({ even: [2, 4], odd: [1, 3] })
  })

  it('lets items of a slow partition wait, so that they never go to another one', () => {
    const one = modulo(2)
    const [even, odd] = [subscriber('even'), subscriber('odd')]
    one.subscribe(even, { partition: 0 })
    one.subscribe(odd, { partition: 1 })
    one.ask(even, 1)
    one.ask(odd, 5)
    const { deliveries, rest } = one.dispatch([2, 4, 6, 8, 1, 3, 5])
    expect([byConsumer(deliveries), rest]).toEqual([{ even: [2], odd: [1, 3] }, [5]])
    expect(byConsumer(one.ask(even, 2).deliveries!)).toEqual({ even: [4, 6] })
  })

  it('drops what the hash gives to nobody, and says what belongs to no partition', () => {
    const one = partitionDispatcher<{ consumer: string }, number>({
      partitions: ['low'],
      hash: (item) => (item < 0 ? undefined : item < 10 ? 'low' : 'high'),
    })
    const low = subscriber('low')
    one.subscribe(low, { partition: 'low' })
    one.ask(low, 5)
    const { deliveries, undeliverable } = one.dispatch([-1, 1, 20])
    expect([byConsumer(deliveries), undeliverable]).toEqual([{ low: [1] }, [20]])
  })

  it.each([
    [undefined, 'the subscription names no partition; say which one it takes'],
    [7, 'there is no partition 7; there are 0, 1'],
    [0, 'partition 0 is taken; cancel its subscription first'],
  ])('refuses partition %s with a sentence', (partition, sentence) => {
    const one = modulo(2)
    one.subscribe(subscriber('first'), { partition: 0 })
    expect(() => one.subscribe(subscriber('second'), { partition })).toThrow(sentence)
  })

  it('frees the partition of a cancelled consumer, drops what waited there and makes up for it', () => {
    const one = modulo(2)
    const [even, odd, later] = ['even', 'odd', 'later'].map(subscriber)
    one.subscribe(even!, { partition: 0 })
    one.subscribe(odd!, { partition: 1 })
    one.ask(odd!, 4)
    one.dispatch([2, 4, 1, 3])
    expect(one.cancel(even!)).toEqual({ demand: 2 })
    one.subscribe(later!, { partition: 0 })
    expect(one.ask(later!, 1).deliveries).toEqual([])
  })

  it('does not count an item that it drops as an answer to demand', () => {
    const one = partitionDispatcher<{ consumer: string }, number>({
      partitions: 1,
      hash: (item) => (item % 3 === 0 ? undefined : 0),
    })
    const only = subscriber('only')
    one.subscribe(only, { partition: 0 })
    one.ask(only, 4)
    const { deliveries, rest } = one.dispatch([1, 2, 3, 4, 5, 6, 7])
    expect([byConsumer(deliveries), rest]).toEqual([{ only: [1, 2, 4, 5] }, [6, 7]])
  })

  it('keeps for the next consumer what answers the demand of one that is gone', () => {
    const one = modulo(2)
    const [first, second] = ['first', 'second'].map(subscriber)
    one.subscribe(first!, { partition: 0 })
    one.ask(first!, 10)
    one.cancel(first!)
    expect(one.dispatch([2, 4, 6])).toEqual({ deliveries: [], rest: [] })
    one.subscribe(second!, { partition: 0 })
    const { demand, deliveries } = one.ask(second!, 5)
    expect([demand, byConsumer(deliveries!)]).toEqual([0, { second: [2, 4, 6] }])
  })

  it('delivers no more than was asked for, each item once, and in order within its partition', () => {
    const asks = fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(asks, fc.array(fc.nat(6), { maxLength: 30 }), (steps, emissions) => {
        const one = modulo(3)
        const subscribers = ['0', '1', '2'].map(subscriber)
        for (const [index, each] of subscribers.entries()) one.subscribe(each, { partition: index })
        const open = [0, 0, 0]
        const got: number[][] = [[], [], []]
        let buffer: number[] = []
        let next = 0
        const take = (deliveries: { to: { consumer: string }; items: number[] }[]) => {
          for (const { to, items } of deliveries) {
            got[Number(to.consumer)]!.push(...items)
            open[Number(to.consumer)]! -= items.length
          }
        }
        const deal = (items: number[]) => {
          const { deliveries, rest } = one.dispatch(items)
          take(deliveries)
          buffer = rest
        }
        for (const [index, [partition, count]] of steps.entries()) {
          open[partition]! += count
          take(one.ask(subscribers[partition]!, count).deliveries ?? [])
          const fresh = Array.from({ length: emissions[index] ?? 0 }, () => {
            next += 1
            return next
          })
          deal([...buffer, ...fresh])
          expect(Math.min(...open)).toBeGreaterThanOrEqual(0)
        }
        for (const [partition, items] of got.entries()) {
          const expected = Array.from({ length: next }, (_, at) => at + 1).filter((item) => item % 3 === partition)
          expect(items).toEqual(expected.slice(0, items.length))
        }
      }),
    )
  })
})
