import { expect, it } from 'vitest'
import { createCountedClock } from '../../../system/platform/clock.ts'
import { createFakeClock } from '../../support/channel-case.ts'

it('counts the timers that have neither run nor been cancelled (RT-11)', async () => {
  const fake = createFakeClock()
  const clock = createCountedClock(fake)
  const cancel = clock.after(1_000, () => {})
  clock.after(100, () => {})
  const slept = clock.sleep(200)
  expect(clock.timerCount()).toBe(3)
  await fake.advance(200)
  await slept
  expect(clock.timerCount()).toBe(1)
  cancel()
  cancel()
  expect(clock.timerCount()).toBe(0)
})
