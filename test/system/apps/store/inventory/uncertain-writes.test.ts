import { expect, it } from 'vitest'
import { UnknownId } from '../../../../../system/apps/store/inventory/inventory.ts'
import { reconcileUncertainWrites } from '../../../../../system/apps/store/inventory/uncertain-writes.ts'
import { createFakeClock } from '../../../../support/channel-case.ts'

function setUp(fail: () => Error | undefined = () => undefined) {
  const clock = createFakeClock()
  const beganMs = clock.monotonicMs()
  const reads: [itemId: number, atMs: number][] = []
  const markUncertain = reconcileUncertainWrites({
    clock,
    async reconcile(itemId) {
      const error = fail()
      if (error) throw error
      reads.push([itemId, clock.monotonicMs() - beganMs])
    },
  })
  return { clock, markUncertain, reads, beganMs }
}

it('reads at once, once more when no statement can be in flight, and then no more (ST-57)', async () => {
  const { clock, markUncertain, reads } = setUp()
  markUncertain(7)
  await clock.advance(60_000)
  expect(reads).toEqual([
    [7, 300],
    [7, 3_300],
  ])
})

it('retries while the database is down, and counts from the first successful read (ST-57)', async () => {
  let isDown = true
  const { clock, markUncertain, reads } = setUp(() => (isDown ? new Error('no database') : undefined))
  markUncertain(7)
  await clock.advance(10_000)
  expect(reads).toEqual([])
  isDown = false
  await clock.advance(60_000)
  expect(reads).toEqual([
    [7, 10_200],
    [7, 13_200],
  ])
})

it('starts again when the same item becomes uncertain again', async () => {
  const { clock, markUncertain, reads } = setUp()
  markUncertain(7)
  await clock.advance(2_000)
  markUncertain(7)
  await clock.advance(60_000)
  expect(reads.map(([, atMs]) => atMs)).toEqual([300, 2_100, 5_100])
})

it('starts again when the item becomes uncertain again while it is read', async () => {
  const clock = createFakeClock()
  const beganMs = clock.monotonicMs()
  const reads: number[] = []
  const markUncertain = reconcileUncertainWrites({
    clock,
    async reconcile() {
      reads.push(clock.monotonicMs() - beganMs)
      // A purchase whose end is unknown comes in the middle of what would have been the last read.
      if (reads.length === 2) {
        await Promise.resolve()
        markUncertain(7)
      }
    },
  })
  markUncertain(7)
  await clock.advance(60_000)
  expect(reads).toEqual([300, 3_300, 3_600, 6_600])
})

it('gives up an item that does not exist', async () => {
  let asked = 0
  const { clock, markUncertain } = setUp(() => {
    asked += 1
    return new UnknownId('there is no item 7')
  })
  markUncertain(7)
  await clock.advance(60_000)
  expect(asked).toBe(1)
})
