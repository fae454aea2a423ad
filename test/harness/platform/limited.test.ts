import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../harness/platform/clock.ts'
import { Abandoned, limited } from '../../../harness/platform/limited.ts'

const never = () => new Promise<never>(() => {})
const limit = { withinMs: 20, why: 'it took longer than 20 ms' }

describe('limited work', () => {
  it('ends as the work does', async () => {
    await expect(limited(async () => 7, limit)).resolves.toBe(7)
    await expect(limited(() => Promise.reject(new Error('no')), limit)).rejects.toThrow('no')
  })

  it('is given up at its limit, with the reason', async () => {
    await expect(limited(never, limit)).rejects.toEqual(new Abandoned('it took longer than 20 ms'))
  })

  it('is given up as soon as it is not wanted any more', async () => {
    const stoppedBecause = () => 'somebody pressed Ctrl-C'
    await expect(limited(never, { ...limit, withinMs: 60_000, stoppedBecause })).rejects.toThrow('pressed Ctrl-C')
  })

  it('leaves no timer behind', async () => {
    const running = new Set<() => void>()
    const after = (_delayMs: number, run: () => void) => {
      running.add(run)
      return () => void running.delete(run)
    }
    await limited(async () => 1, { ...limit, clock: { ...systemClock, after } })
    expect(running.size).toBe(0)
  })
})
