import { describe, expect, test } from 'vitest'
import { createMachine } from '../../../../harness/simulation/world/machine.ts'
import { createVirtualClock } from '../../../../harness/simulation/world/virtual-clock.ts'

describe('a machine that stood still', () => {
  test('does what was due meanwhile before what is due when it goes on', async () => {
    const clock = createVirtualClock()
    const machine = createMachine(clock)
    const done: string[] = []
    machine.pause()
    machine.clock.after(1, () => done.push('missed first'))
    machine.clock.after(2, () => done.push('missed second'))
    clock.after(5, machine.resume)
    machine.clock.after(5, () => done.push('due as it goes on'))
    await clock.run(clock.sleep(10))
    expect(done).toEqual(['missed first', 'missed second', 'due as it goes on'])
  })

  test('that stands still again keeps the rest for later, and loses it when it is gone', async () => {
    const clock = createVirtualClock()
    const machine = createMachine(clock)
    const done: string[] = []
    machine.pause()
    machine.clock.after(1, () => {
      done.push('first')
      machine.pause()
    })
    machine.clock.after(1, () => done.push('second'))
    clock.after(5, machine.resume)
    await clock.run(clock.sleep(10))
    expect(done).toEqual(['first'])
    machine.resume()
    await clock.run(clock.sleep(1))
    expect(done).toEqual(['first', 'second'])
    machine.pause()
    machine.clock.after(1, () => done.push('third'))
    await clock.run(clock.sleep(2))
    machine.end()
    machine.resume()
    await clock.run(clock.sleep(5))
    expect(done).toEqual(['first', 'second'])
  })
})

test('a machine counts its time from its own start, and shares the time of day', async () => {
  const clock = createVirtualClock()
  const first = createMachine(clock)
  await clock.run(clock.sleep(10))
  const second = createMachine(clock)
  await clock.run(clock.sleep(5))
  expect([first, second].map((machine) => machine.clock.monotonicMs())).toEqual([15, 5])
  expect(first.clock.now()).toBe(second.clock.now())
})
