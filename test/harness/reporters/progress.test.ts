import { describe, expect, it } from 'vitest'
import { createProgress } from '../../../harness/reporters/progress.ts'
import { handClock } from '../../support/hand-clock.ts'

const known = (...lastMs: number[]) => lastMs.map((ms, index) => ({ id: `a/${index}`, lastMs: ms }))

describe('how much is left', () => {
  it('is what the scenarios took last time, over the jobs', () => {
    const { clock } = handClock()
    const progress = createProgress(1, clock)
    progress.beginRun(known(60_000, 60_000, 60_000, 60_000), 2)
    expect([progress.counted(), progress.left()]).toEqual(['0 of 4', 'about 2 min left'])
  })

  it('is never less than the longest scenario', () => {
    const progress = createProgress(1, handClock().clock)
    progress.beginRun(known(1_000, 40_000), 8)
    expect(progress.left()).toBe('about 40 s left')
  })

  it('is not said while nobody knows, and learned from those that ended', () => {
    const { clock, forward } = handClock()
    const progress = createProgress(1, clock)
    progress.beginRun([{ id: 'a/1' }, { id: 'a/2' }, { id: 'a/3' }], 1)
    expect(progress.left()).toBeUndefined()
    progress.begin('a/1')
    forward(20_000)
    progress.end('a/1')
    expect([progress.counted(), progress.left()]).toEqual(['1 of 3', 'about 40 s left'])
  })

  it('follows a machine that is slower than last time', () => {
    const { clock, forward } = handClock()
    const progress = createProgress(1, clock)
    progress.beginRun(known(1_000, 1_000, 1_000, 10_000), 1)
    for (const id of ['a/0', 'a/1', 'a/2']) {
      progress.begin(id)
      forward(3_000)
      progress.end(id)
    }
    expect(progress.left()).toBe('about 30 s left')
  })

  it('shrinks while a scenario runs, and is not over before it is', () => {
    const { clock, forward } = handClock()
    const progress = createProgress(1, clock)
    progress.beginRun(known(40_000), 1)
    progress.begin('a/0')
    forward(20_000)
    expect(progress.left()).toBe('about 20 s left')
    forward(200_000)
    expect(progress.left()).toBe('about 4 s left')
  })

  it('has one total for all runs of a repeat', () => {
    const progress = createProgress(3, handClock().clock)
    const all = known(60_000, 60_000)
    progress.beginRun(all, 1)
    for (const { id } of all) progress.end(id)
    progress.beginRun(all, 1)
    progress.end('a/0')
    expect([progress.counted(), progress.left()]).toEqual(['3 of 6', 'about 3 min left'])
  })
})
