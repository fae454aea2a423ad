import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { demandDispatcher } from '../../../system/pipeline/index.ts'

const subscriber = (consumer: string) => ({ consumer })

function dispatcher(...names: string[]) {
  const one = demandDispatcher<{ consumer: string }, number>()
  const subscribers = names.map(subscriber)
  for (const each of subscribers) one.subscribe(each, {})
  const deal = (items: number[]) => {
    const { deliveries, rest } = one.dispatch(items)
    return [deliveries.map(({ to, items: got }) => [to.consumer, got]), rest]
  }
  return { one, subscribers, deal }
}

const step = fc.record({
  what: fc.constantFrom('ask', 'deal', 'replace'),
  who: fc.nat({ max: 2 }),
  count: fc.integer({ min: 1, max: 5 }),
})

describe('the demand dispatcher (PM-63)', () => {
  it('keeps no item while somebody wants one, and gives nobody more than was asked for', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { one, subscribers, deal } = dispatcher('a', 'b', 'c')
        const wanted = new Map(subscribers.map((each) => [each.consumer, 0]))
        const left = () => [...wanted.values()].reduce((sum, count) => sum + count, 0)
        const add = (name: string, count: number) => wanted.set(name, wanted.get(name)! + count)
        for (const { what, who, count } of steps) {
          const consumer = subscribers[who]!
          if (what === 'ask') {
            one.ask(consumer, count)
            add(consumer.consumer, count)
          }
          if (what === 'replace') {
            one.cancel(consumer)
            one.subscribe(consumer, {})
            wanted.set(consumer.consumer, 0)
          }
          if (what !== 'deal') continue
          const rest = Math.max(0, count - left())
          const items = [...Array(count).keys()]
          const [deliveries, kept] = deal(items) as [[string, number[]][], number[]]
          for (const [name, got] of deliveries) add(name, -got.length)
          expect([...deliveries.flatMap(([, got]) => got), ...kept]).toEqual(items)
          expect([kept.length, [...wanted.values()].filter((more) => more < 0)]).toEqual([rest, []])
        }
      }),
    )
  })

  it('serves the largest demand first, and the earlier one on a tie', () => {
    const { one, subscribers, deal } = dispatcher('a', 'b', 'c')
    one.ask(subscribers[0]!, 2)
    one.ask(subscribers[1]!, 3)
    one.ask(subscribers[2]!, 3)
    expect(deal([1, 2, 3, 4, 5, 6, 7])).toEqual([
      [
        ['b', [1, 2, 3]],
        ['c', [4, 5, 6]],
        ['a', [7]],
      ],
      [],
    ])
  })

  it('gives single items in turn, by the demand that is left', () => {
    const { one, subscribers, deal } = dispatcher('a', 'b')
    for (const each of subscribers) one.ask(each, 2)
    expect([deal([1]), deal([2]), deal([3])].map(([deliveries]) => deliveries)).toEqual([
      [['a', [1]]],
      [['b', [2]]],
      [['a', [3]]],
    ])
  })

  it('warns of a demand above the first one seen, and serves it', () => {
    const { one, subscribers } = dispatcher('a', 'b')
    expect(one.ask(subscribers[0]!, 4)).not.toHaveProperty('warning')
    expect(one.ask(subscribers[1]!, 10)).toEqual({
      demand: 10,
      asked: 10,
      warning: { from: subscribers[1], expected: 4, got: 10 },
    })
  })

  it('asks the producer for less while it still owes what a cancelled consumer asked for', () => {
    const { one, subscribers } = dispatcher('a', 'b')
    one.ask(subscribers[0]!, 10)
    one.cancel(subscribers[0]!)
    expect(one.ask(subscribers[1]!, 15).demand).toBe(5)
    expect(one.ask(subscribers[1]!, 3).demand).toBe(3)
  })

  it('lets buffered items answer every demand: the buffer has nothing to do with what a dead consumer asked for', () => {
    const { one, subscribers, deal } = dispatcher('a', 'b')
    one.ask(subscribers[0]!, 10)
    one.cancel(subscribers[0]!)
    expect(deal([1, 2, 3])).toEqual([[], [1, 2, 3]])
    expect(one.ask(subscribers[1]!, 10)).toMatchObject({ asked: 10, demand: 3 })
  })
})
