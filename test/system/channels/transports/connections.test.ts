import { expect, it } from 'vitest'
import { createConnections } from '../../../../system/channels/transports/connections.ts'
import { createFakeClock } from '../../../support/channel-case.ts'

const opened = () => {
  const clock = createFakeClock()
  return { clock, connections: createConnections(clock, 60_000) }
}
const watched = () => {
  const seenMs: number[] = []
  return { seenMs, endIfSilent: (nowMs: number) => void seenMs.push(nowMs) }
}

it('looks after all of them in rounds, as long as there are any (CH-25)', async () => {
  const { clock, connections } = opened()
  const [one, other] = [watched(), watched()]
  const startMs = clock.monotonicMs()
  connections.add(one)
  connections.add(other)
  await clock.advance(6_000)
  expect(one.seenMs).toEqual([startMs + 3_000, startMs + 6_000])
  connections.delete(one)
  await clock.advance(3_000)
  expect([one.seenMs.length, other.seenMs.length]).toEqual([2, 3])
  connections.delete(other)
  connections.add(one)
  await clock.advance(3_000)
  expect([one.seenMs.length, other.seenMs.length]).toEqual([3, 3])
})

it('says when none is open any more (RT-13)', async () => {
  const { connections } = opened()
  await connections.gone()
  const [one, other] = [watched(), watched()]
  connections.add(one)
  connections.add(other)
  let isOver = false
  const gone = connections.gone().then(() => {
    isOver = true
  })
  connections.delete(one)
  await Promise.resolve()
  expect(isOver).toBe(false)
  connections.delete(other)
  await gone
  expect(isOver).toBe(true)
})
