import { describe, expect, it } from 'vitest'
import { createMachine } from '../../../../harness/simulation/world/machine.ts'
import { createVirtualClock } from '../../../../harness/simulation/world/virtual-clock.ts'

describe('simulated time', () => {
  it('passes from one timer to the next, in their order, and in no real time', async () => {
    const clock = createVirtualClock()
    const seen: string[] = []
    const note = (what: string) => () => void seen.push(`${what} ${clock.monotonicMs()}`)
    clock.after(86_400_000, note('tomorrow'))
    clock.after(10, note('first of two'))
    clock.after(10, note('second of two'))
    clock.after(5, note('soon'))
    const cancel = clock.after(7, note('never'))
    cancel()
    await clock.run(clock.sleep(86_400_000))
    expect(seen).toEqual(['soon 5', 'first of two 10', 'second of two 10', 'tomorrow 86400000'])
  })

  it('does not pass while anything follows from what was done', async () => {
    const clock = createVirtualClock()
    const seen: string[] = []
    clock.after(1, async () => {
      for (let n = 0; n < 1_000; n += 1) await undefined
      seen.push(`after a thousand steps it is ${clock.monotonicMs()}`)
    })
    clock.after(2, () => void seen.push('the next timer'))
    await clock.run(clock.sleep(3))
    expect(seen).toEqual(['after a thousand steps it is 1', 'the next timer'])
  })

  it('says so when what it waits for never happens, or has no end', async () => {
    const clock = createVirtualClock()
    await expect(clock.run(new Promise(() => {}))).rejects.toThrow('will never happen')
    const again = () => void clock.after(1, again)
    again()
    await expect(clock.run(new Promise(() => {}), 100)).rejects.toThrow('not ended after 100 steps')
  })

  it('hands on how the work ended', async () => {
    const clock = createVirtualClock()
    await expect(clock.run(clock.sleep(1).then(() => 'done'))).resolves.toBe('done')
    await expect(clock.run(clock.sleep(1).then(() => Promise.reject(new Error('lost'))))).rejects.toThrow('lost')
  })
})

describe('a simulated machine', () => {
  const setUp = () => {
    const clock = createVirtualClock()
    const seen: string[] = []
    return { clock, seen, machine: createMachine(clock), note: (what: string) => () => void seen.push(what) }
  }

  it('makes up in order for what was due while it stood still (FI-11)', async () => {
    const { clock, seen, machine, note } = setUp()
    machine.clock.after(10, note('first'))
    machine.clock.after(20, note('second'))
    const cancel = machine.clock.after(15, note('cancelled meanwhile'))
    machine.pause()
    await clock.run(clock.sleep(100))
    expect(seen).toEqual([])
    cancel()
    machine.resume()
    await clock.run(clock.sleep(1))
    expect(seen).toEqual(['first', 'second'])
  })

  it('does nothing any more when it is gone, and says so once (FI-2)', async () => {
    const { clock, seen, machine, note } = setUp()
    machine.onEnd(note('gone'))
    machine.clock.after(10, note('too late'))
    machine.end()
    machine.end()
    machine.resume()
    await clock.run(clock.sleep(100))
    expect(seen).toEqual(['gone'])
  })
})
