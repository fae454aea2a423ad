import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fairDispatcher } from '../../../system/pipeline/index.ts'

type Item = [owner: string, n: number]

const consumer = { consumer: 'c' }
const create = (queuedMax?: number) =>
  fairDispatcher<{ consumer: string }, Item>({ ownerOf: ([owner]) => owner, ...(queuedMax && { queuedMax }) })

const items = (owner: string, count: number): Item[] => Array.from({ length: count }, (_, n) => [owner, n])

describe('fair dispatch between users (PM-60)', () => {
  it('delays the one item of a user by no more than one item of another', () => {
    const one = create()
    one.subscribe(consumer, {})
    one.dispatch([...items('heavy', 10_000 - 1), ...items('light', 1)])
    const { deliveries } = one.ask(consumer, 2)
    expect(deliveries!.flatMap((each) => each.items)).toEqual([
      ['heavy', 0],
      ['light', 0],
    ])
  })

  it('leaves to the buffer what is too much for it', () => {
    const one = create(3)
    one.subscribe(consumer, {})
    expect(one.dispatch(items('a', 5)).rest).toEqual([
      ['a', 3],
      ['a', 4],
    ])
  })

  it('loses and doubles nothing, keeps the order of each owner, and gives no more than was asked for', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(4), fc.nat(5)), { maxLength: 40 })
    fc.assert(
      fc.property(steps, (list) => {
        const one = create()
        one.subscribe(consumer, {})
        const sent: Record<string, number> = { a: 0, b: 0, c: 0 }
        const got: Item[] = []
        let asked = 0
        const take = (deliveries: { items: Item[] }[] = []) => got.push(...deliveries.flatMap((each) => each.items))
        for (const [owner, count, ask] of list) {
          const fresh = items(owner, count).map(([, n]): Item => [owner, n + sent[owner]!])
          sent[owner]! += count
          take(one.dispatch(fresh).deliveries)
          asked += ask
          if (ask > 0) take(one.ask(consumer, ask).deliveries)
          expect(got.length).toBeLessThanOrEqual(asked)
        }
        const total = Object.values(sent).reduce((sum, count) => sum + count, 0)
        take(one.ask(consumer, total + 1).deliveries)
        for (const owner of ['a', 'b', 'c'])
          expect(got.filter(([of]) => of === owner).map(([, n]) => n)).toEqual(
            Array.from({ length: sent[owner]! }, (_, n) => n),
          )
      }),
    )
  })
})
