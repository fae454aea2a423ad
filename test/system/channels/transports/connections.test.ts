import { expect, it } from 'vitest'
import { createConnections } from '../../../../system/channels/transports/connections.ts'
import { createFakeClock } from '../../../support/channel-case.ts'

const opened = () => {
  const clock = createFakeClock()
  return { clock, connections: createConnections(clock, 60_000) }
}
const watched = () => {
  const rounds: number[] = []
  return { rounds, unreadBytes: 0, closeIfIdle: (roundMs: number) => void rounds.push(roundMs) }
}

it('checks all connections in rounds, while there are any (CH-25)', async () => {
  const { clock, connections } = opened()
  const [one, other] = [watched(), watched()]
  connections.add(one)
  connections.add(other)
  await clock.advance(6_000)
  expect(one.rounds).toEqual([3_000, 3_000])
  connections.delete(one)
  await clock.advance(3_000)
  expect([one.rounds.length, other.rounds.length]).toEqual([2, 3])
  connections.delete(other)
  connections.add(one)
  await clock.advance(3_000)
  expect([one.rounds.length, other.rounds.length]).toEqual([3, 3])
})

it('does not count the time of a stalled node as idle time of its clients (CH-25)', async () => {
  const { clock, connections } = opened()
  const one = watched()
  connections.add(one)
  clock.stall(120_000)
  await clock.advance(0)
  expect(one.rounds).toEqual([6_000])
})

it('counts the time that a round took, also on a machine that is late with each (CH-25)', async () => {
  const { clock, connections } = opened()
  const one = watched()
  connections.add(one)
  for (const tookMs of [4_000, 5_000]) {
    clock.stall(tookMs)
    await clock.advance(0)
  }
  expect(one.rounds).toEqual([4_000, 5_000])
})

it('tells when all connections are closed (RT-13)', async () => {
  const { connections } = opened()
  await connections.allClosed()
  const [one, other] = [watched(), watched()]
  connections.add(one)
  connections.add(other)
  let isOver = false
  const gone = connections.allClosed().then(() => {
    isOver = true
  })
  connections.delete(one)
  await Promise.resolve()
  expect(isOver).toBe(false)
  connections.delete(other)
  await gone
  expect(isOver).toBe(true)
})
