import { expect, it } from 'vitest'
import { reconcileUncertainWrites } from '../../../../../system/apps/store/inventory/uncertain-writes.ts'
import { UnknownId } from '../../../../../system/apps/store/inventory/inventory.ts'
import { createFakeClock } from '../../../../support/channel-case.ts'

function setUp(fail: () => Error | undefined = () => undefined) {
  const clock = createFakeClock()
  const beganMs = clock.monotonicMs()
  const looks: [itemId: number, atMs: number][] = []
  const doubt = reconcileUncertainWrites({
    clock,
    async look(itemId) {
      const error = fail()
      if (error) throw error
      looks.push([itemId, clock.monotonicMs() - beganMs])
    },
  })
  return { clock, doubt, looks, beganMs }
}

it('looks at once, and again when no statement can be on its way any more, and then no more (ST-57)', async () => {
  const { clock, doubt, looks } = setUp()
  doubt(7)
  await clock.advance(60_000)
  expect(looks).toEqual([
    [7, 300],
    [7, 3_300],
  ])
})

it('goes on looking while the database does not answer, and counts from the first answer (ST-57)', async () => {
  let isDown = true
  const { clock, doubt, looks } = setUp(() => (isDown ? new Error('no database') : undefined))
  doubt(7)
  await clock.advance(10_000)
  expect(looks).toEqual([])
  isDown = false
  await clock.advance(60_000)
  expect(looks).toEqual([
    [7, 10_200],
    [7, 13_200],
  ])
})

it('begins anew when the same item is doubted anew', async () => {
  const { clock, doubt, looks } = setUp()
  doubt(7)
  await clock.advance(2_000)
  doubt(7)
  await clock.advance(60_000)
  expect(looks.map(([, atMs]) => atMs)).toEqual([300, 2_100, 5_100])
})

it('gives up an item that there is not', async () => {
  let asked = 0
  const { clock, doubt } = setUp(() => {
    asked += 1
    return new UnknownId('there is no item 7')
  })
  doubt(7)
  await clock.advance(60_000)
  expect(asked).toBe(1)
})
