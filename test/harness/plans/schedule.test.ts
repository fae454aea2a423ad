import { describe, expect, it } from 'vitest'
import { createTape, ScheduleDiverged, type ScheduleEntry } from '../../../harness/plans/schedule.ts'

const kill = (target: string): ScheduleEntry => ({ kind: 'fault', name: 'node.kill', target, options: {} })
const choice = (value: number): ScheduleEntry => ({ kind: 'choice', name: 'which node', value })

describe('the schedule tape', () => {
  it('writes down every decision in order', () => {
    const tape = createTape()
    tape.take(choice(1))
    tape.take(kill('n2'))
    expect(tape.entries).toEqual([choice(1), kill('n2')])
  })

  it('answers in a replay what chance decided then', () => {
    const tape = createTape([choice(2), kill('n3')])
    expect(tape.take(choice(0))).toEqual(choice(2))
    expect(tape.take(kill('n3'))).toEqual(kill('n3'))
    expect(tape.entries).toEqual([choice(2), kill('n3')])
  })

  it.each([
    ['another kind', kill('n2')],
    ['another name', { ...choice(0), name: 'which item' }],
  ])('notices %s', (_, wish) => {
    expect(() => createTape([choice(0)]).take(wish)).toThrow(ScheduleDiverged)
  })

  it('knows how many recorded decisions were never asked for', () => {
    const tape = createTape([choice(2), kill('n3')])
    tape.take(choice(0))
    expect([tape.unplayed(), createTape().unplayed()]).toEqual([1, 0])
  })

  it('notices another target, and a story that asks for more', () => {
    expect(() => createTape([kill('n2')]).take(kill('n3'))).toThrow('schedule diverged at entry 0')
    expect(() => createTape([]).take(kill('n3'))).toThrow('recorded nothing more')
  })
})
