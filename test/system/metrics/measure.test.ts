import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Sink, withMeasure } from '../../../system/metrics/metrics.ts'
import { createFakeClock } from '../../support/channel-case.ts'

function measuring() {
  const clock = createFakeClock()
  const timings: unknown[] = []
  const sink: Sink = {
    increment() {},
    gauge() {},
    histogram() {},
    timing: (...args) => void timings.push(args),
  }
  return { clock, timings, metrics: withMeasure(sink, clock) }
}

describe('measure (PM-7)', () => {
  it('returns any value as it is', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const { metrics, timings } = measuring()
        expect(
          Object.is(
            metrics.measure('test', () => value),
            value,
          ),
        ).toBe(true)
        expect(timings.length).toBe(1)
      }),
    )
  })

  it('returns the very promise, and reports when it is settled', async () => {
    const { clock, metrics, timings } = measuring()
    const promise = clock.sleep(40).then(() => 'done')
    expect(metrics.measure('slow', () => promise, { kind: 'x' })).toBe(promise)
    expect(timings).toEqual([])
    await clock.advance(40)
    expect(await promise).toBe('done')
    expect(timings).toEqual([['slow', 40, { kind: 'x' }]])
  })

  it('passes on what is thrown, and reports it too', () => {
    const { clock, metrics, timings } = measuring()
    const error = new Error('boom')
    const fail = () => {
      clock.stall(7)
      throw error
    }
    expect(() => metrics.measure('test', fail)).toThrow(error)
    expect(timings).toEqual([['test', 7, undefined]])
  })

  it('passes on a rejection, which stays the only one', async () => {
    const { metrics, timings } = measuring()
    const rejected = metrics.measure('test', () => Promise.reject(new Error('late')))
    await expect(rejected).rejects.toThrow('late')
    expect(timings.length).toBe(1)
  })
})
