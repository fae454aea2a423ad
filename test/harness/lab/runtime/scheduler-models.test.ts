import { describe, expect, it } from 'vitest'
import { simulateScheduler } from '../../../../harness/lab/runtime/scheduler-models.ts'

const load = { turns: 10_000, workUs: 9.9, lockedUs: 1.5 }

describe('the models of schedulers (RT-56)', () => {
  it('one scheduler does one turn after the other, whatever the cores', () => {
    for (const cores of [1, 8]) expect(simulateScheduler('one scheduler', { ...load, cores })).toBeCloseTo(100)
  })

  it('one queue gives out no more turns than its lock allows', () => {
    expect(simulateScheduler('one queue', { ...load, cores: 4 })).toBeCloseTo(4_000 / 11.4, 0)
    expect(simulateScheduler('one queue', { ...load, cores: 64 })).toBeCloseTo(1_000 / 1.5, 0)
  })

  it('stealing does each turn once, and shares all of them out', () => {
    expect(simulateScheduler('stealing', { ...load, cores: 1 })).toBeCloseTo(100)
    expect(simulateScheduler('stealing', { ...load, cores: 16 })).toBeGreaterThan(1_500)
    expect(simulateScheduler('stealing', { ...load, cores: 16 })).toBeLessThanOrEqual(1_600)
  })

  it('a single turn ends, however many schedulers look for work', () => {
    expect(simulateScheduler('stealing', { ...load, turns: 1, cores: 8 })).toBeCloseTo(100)
  })
})
