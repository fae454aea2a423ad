import { describe, expect, it } from 'vitest'
import { createDecisionLog, ScheduleDiverged, type ScheduleEntry } from '../../../harness/plans/schedule.ts'

const kill = (target: string): ScheduleEntry => ({ kind: 'fault', name: 'node.kill', target, options: {} })
const choice = (value: number): ScheduleEntry => ({ kind: 'choice', name: 'which node', value })

describe('the schedule tape', () => {
  it('writes down every decision in order', () => {
    const log = createDecisionLog()
    log.decide(choice(1))
    log.decide(kill('n2'))
    expect(log.entries).toEqual([choice(1), kill('n2')])
  })

  it('answers in a replay what chance decided then', () => {
    const log = createDecisionLog([choice(2), kill('n3')])
    expect(log.decide(choice(0))).toEqual(choice(2))
    expect(log.decide(kill('n3'))).toEqual(kill('n3'))
    expect(log.entries).toEqual([choice(2), kill('n3')])
  })

  it.each([
    ['another kind', kill('n2')],
    ['another name', { ...choice(0), name: 'which item' }],
  ])('notices %s', (_, spec) => {
    expect(() => createDecisionLog([choice(0)]).decide(spec)).toThrow(ScheduleDiverged)
  })

  it('knows how many recorded decisions were never asked for', () => {
    const log = createDecisionLog([choice(2), kill('n3')])
    log.decide(choice(0))
    expect([log.remaining(), createDecisionLog().remaining()]).toEqual([1, 0])
  })

  it('notices another target, and a scenario that asks for more', () => {
    expect(() => createDecisionLog([kill('n2')]).decide(kill('n3'))).toThrow('schedule diverged at entry 0')
    expect(() => createDecisionLog([]).decide(kill('n3'))).toThrow('recorded nothing more')
  })
})
