import { describe, expect, it } from 'vitest'
import { broadcastDispatcher } from '../../../system/pipeline/index.ts'

const [a, b] = [{ consumer: 'a' }, { consumer: 'b' }]

function dispatcher() {
  const one = broadcastDispatcher<{ consumer: string }, number>()
  const deal = (items: number[]) => {
    const { deliveries, rest, asks } = one.dispatch(items)
    return { got: deliveries.map(({ to, items: got }) => [to.consumer, got]), rest, asks: asks ?? [] }
  }
  return { one, deal }
}

describe('the broadcast dispatcher', () => {
  it('gives everybody as much as the slowest asked for', () => {
    const { one, deal } = dispatcher()
    one.subscribe(a!, {})
    one.subscribe(b!, {})
    expect([one.ask(a!, 10).demand, one.ask(b!, 4).demand]).toEqual([0, 4])
    expect(deal([1, 2, 3, 4, 5, 6])).toEqual({
      got: [
        ['b', [1, 2, 3, 4]],
        ['a', [1, 2, 3, 4]],
      ],
      rest: [5, 6],
      asks: [],
    })
  })

  it('does not ask again for what a faster consumer had asked for alone', () => {
    const { one, deal } = dispatcher()
    one.subscribe(a!, {})
    expect(one.ask(a!, 10).demand).toBe(10)
    one.subscribe(b!, {})
    expect(one.ask(b!, 4).demand).toBe(0)
    expect(deal([1, 2, 3, 4, 5]).rest).toEqual([5])
    expect(one.cancel(b!).demand).toBe(0)
    expect(deal([5]).got).toEqual([['a', [5]]])
  })

  it('goes on without a consumer that is gone', () => {
    const { one, deal } = dispatcher()
    one.subscribe(a!, {})
    one.subscribe(b!, {})
    one.ask(a!, 5)
    expect(one.cancel(b!).demand).toBe(5)
    expect(deal([1, 2]).got).toEqual([['a', [1, 2]]])
  })

  it('asks again for items that a consumer does not want', () => {
    const { one, deal } = dispatcher()
    one.subscribe(a!, { selector: (item) => item % 2 === 0 })
    one.ask(a!, 4)
    expect(deal([1, 2, 3, 4])).toEqual({ got: [['a', [2, 4]]], rest: [], asks: [{ from: a, count: 2 }] })
  })

  it('tells a consumer of an emission of which it wants nothing', () => {
    const { one, deal } = dispatcher()
    one.subscribe(a!, { selector: (item) => item > 10 })
    one.ask(a!, 4)
    expect(deal([1, 2])).toEqual({ got: [['a', []]], rest: [], asks: [{ from: a, count: 2 }] })
  })

  it('refuses a second subscription of one consumer', () => {
    const { one } = dispatcher()
    one.subscribe(a!, {})
    expect(one.subscribe({ consumer: 'a' }, {})).toEqual({ refused: 'already_subscribed' })
  })
})
