import { afterEach, describe, expect, it } from 'vitest'
import { createSeats } from '../../../../system/apps/talk/seats.ts'
import { type Bench, createBench } from './support.ts'

let bench: Bench
afterEach(() => bench.stop())

async function startSeats(total: number) {
  bench = createBench()
  const seats = createSeats({ runtime: bench.runtime, total })
  await bench.start(seats.child)
  return seats
}

describe('seats that many take at once (RT-44)', () => {
  it('counts ten thousand at once exactly, each with a number of its own', async () => {
    const seats = await startSeats(10_000)
    const answers = await Promise.all(
      Array.from({ length: 10_000 }, (_, n) => seats.take({ who: `user ${n}`, seats: 1 })),
    )
    expect(seats.left()).toBe(0)
    expect(new Set(answers.map(({ left }) => left)).size).toBe(10_000)
    expect(answers.every(({ taken }) => taken)).toBe(true)
  })

  it('counts a hundred of one user at once exactly (RT-36)', async () => {
    const seats = await startSeats(150)
    await Promise.all(Array.from({ length: 100 }, () => seats.take({ who: 'ann', seats: 1 })))
    expect([seats.left(), seats.orders().length]).toEqual([50, 100])
  })

  it('takes all seats of an order or none', async () => {
    const seats = await startSeats(5)
    expect(await seats.take({ who: 'ann', seats: 4 })).toEqual({ taken: true, left: 1 })
    expect(await seats.take({ who: 'bob', seats: 2 })).toEqual({ taken: false, left: 1 })
  })

  it('does not see what the sender changes after it was sent (RT-45)', async () => {
    const seats = await startSeats(10)
    const order = { who: 'ann', seats: 1 }
    const answer = seats.take(order)
    order.seats = 9
    order.who = 'bob'
    await answer
    order.who = 'eve'
    expect([seats.left(), seats.orders()]).toEqual([9, [{ who: 'ann', seats: 1 }]])
  })

  it('begins again when its actor was killed (RT-1)', async () => {
    const seats = await startSeats(10)
    await seats.take({ who: 'ann', seats: 3 })
    await bench.kill('Talk.Seats')
    expect(await seats.take({ who: 'ann', seats: 1 })).toEqual({ taken: true, left: 9 })
  })
})
