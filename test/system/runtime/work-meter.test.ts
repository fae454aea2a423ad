import { describe, expect, it } from 'vitest'
import { silentLog as log } from '../../../system/platform/log.ts'
import { createRuntime } from '../../../system/runtime/index.ts'
import { handClock } from '../../support/hand-clock.ts'

function setUp() {
  const { clock, forward } = handClock()
  const runtime = createRuntime({ clock, log })
  const busy = (name: string, ms: number) => runtime.spawn<string>({ name, handle: () => forward(ms) })
  return { runtime, forward, busy, workOf: runtime.meter.workMs }
}

describe('the work counter of an actor (RT-57)', () => {
  it('rises with the time that its handler takes', () => {
    const { runtime, busy, workOf } = setUp()
    const [one, other] = [busy('one', 30), busy('other', 5)]
    runtime.meter.turn(true)
    for (let count = 0; count < 3; count += 1) one.send('work')
    other.send('work')
    expect([workOf(one), workOf(other)]).toEqual([90, 5])
  })

  it('charges a handler that runs inside another to its own actor alone', () => {
    const { runtime, forward, busy, workOf } = setUp()
    const inner = busy('inner', 20)
    const outer = runtime.spawn<string>({
      name: 'outer',
      handle() {
        forward(1)
        inner.send('work')
        forward(2)
      },
    })
    runtime.meter.turn(true)
    outer.send('work')
    expect([workOf(outer), workOf(inner)]).toEqual([3, 20])
  })

  it('counts the work of a handler that throws', () => {
    const { runtime, forward, workOf, busy } = setUp()
    const crashing = runtime.spawn<string>({
      name: 'crashing',
      handle() {
        forward(7)
        throw new Error('crash')
      },
    })
    runtime.meter.turn(true)
    crashing.send('work')
    const next = busy('next', 1)
    next.send('work')
    expect([workOf(crashing), workOf(next)]).toEqual([7, 1])
  })

  it('measures nothing while nobody looks, and keeps what was measured', () => {
    const { runtime, busy, workOf } = setUp()
    const one = busy('one', 30)
    one.send('unseen')
    runtime.meter.turn(true)
    one.send('seen')
    runtime.meter.turn(false)
    one.send('unseen')
    expect(workOf(one)).toBe(30)
    expect(one.handled).toBe(3)
  })
})
