import { describe, expect, it } from 'vitest'
import {
  createStarvationMeter,
  describeStarvation,
  isStarved,
  lostMsIn,
  type Reading,
  withStarvation,
} from '../../../harness/runner/starvation.ts'

const reading = (atMs: number, cpuMs: number | undefined, waited: Reading['waited']): Reading => ({
  atMs,
  pressure: cpuMs === undefined ? {} : { cpuMs },
  waited,
})
const process = (pid: number, ms: number | undefined) => ({ pid, ms })

/** A node that is started again half-way has a new number, and counts from zero. */
function meterOf(...readings: Reading[]) {
  const meter = createStarvationMeter()
  for (const one of readings) meter.add(one)
  return meter
}

describe('the meter of starvation', () => {
  const meter = meterOf(
    reading(0, 1_000, { harness: process(1, 50), n1: process(2, 400) }),
    reading(1_000, 1_250, { harness: process(1, 150), n1: process(2, 1_000) }),
    reading(2_000, 2_250, { harness: process(1, 151), n1: process(9, 30) }),
    reading(3_000, 3_250, { harness: process(1, 152), n1: process(9, 130) }),
  )

  it('says for which share of the time something waited, and for how long each process did', () => {
    expect(meter.between(0, 3_000)).toEqual({
      overMs: 3_000,
      pressure: { cpu: 0.75 },
      waitedMs: { harness: 102, n1: 700 },
      longestStallMs: {},
    })
  })

  it('counts the one process of a database or browser that waited longest, though they are not read each time', () => {
    const families = meterOf(
      reading(0, 0, { 'database/4': process(4, 10), 'database/5': process(5, 0), n1: process(2, 0) }),
      reading(500, 0, { n1: process(2, 1) }),
      reading(1_000, 0, { 'database/4': process(4, 30), 'database/5': process(5, 700), n1: process(2, 2) }),
      reading(1_500, 0, { n1: process(2, 3) }),
      reading(2_000, 0, { 'database/5': process(5, 900), 'browser/6': process(6, 5), n1: process(2, 4) }),
    )
    expect(families.between(0, 2_000).waitedMs).toEqual({ database: 900, n1: 4 })
  })

  it('looks at a part of the time', () => {
    expect(meter.between(1_000, 3_000)).toMatchObject({ pressure: { cpu: 1 }, waitedMs: { harness: 2, n1: 100 } })
  })

  it('says nothing where nobody counts, and where there are no two readings', () => {
    const none = meterOf(reading(0, undefined, { n1: process(2, undefined) }), reading(9, undefined, {}))
    for (const one of [none, meterOf(), meterOf(reading(0, 5, {}))])
      expect(one.between(0, 10)).toEqual({ overMs: 10, pressure: {}, waitedMs: {}, longestStallMs: {} })
  })

  it('keeps the longest stall of each process that reaches into the time', () => {
    const stalled = createStarvationMeter()
    stalled.addStall({ who: 'harness', atMs: 900, forMs: 600 })
    stalled.addStall({ who: 'harness', atMs: 2_000, forMs: 250 })
    stalled.addStall({ who: 'n2', atMs: 5_000, forMs: 2_000 })
    expect(stalled.between(500, 4_000).longestStallMs).toEqual({ harness: 600, n2: 2_000 })
    expect(stalled.between(1_500, 2_500).longestStallMs).toEqual({ harness: 250 })
  })
})

describe('whether the machine was starved', () => {
  const calm = { overMs: 10_000, pressure: { cpu: 0.97 }, waitedMs: { harness: 900, n1: 1_200 }, longestStallMs: {} }

  it('it was not, where every process got its turns though something always waited', () => {
    expect(describeStarvation(calm)).toBe(undefined)
    expect(isStarved(calm)).toBe(false)
  })

  it('it was, where one waited for a quarter of the time', () => {
    expect(describeStarvation({ ...calm, waitedMs: { harness: 900, n1: 4_100 } })).toBe(
      'the machine was starved: n1 waited 4.1 s of 10.0 s for a processor, something waited for a processor 97 % of the time',
    )
  })

  it('it was, where a database had no processor, though the harness and the nodes had', () => {
    const { waitedMs } = calm
    const waits = { ...calm, waitedMs: { ...waitedMs, database: 9_500 } }
    expect(describeStarvation(waits)).toContain('database waited 9.5 s of 10.0 s for a processor')
    expect(isStarved(waits)).toBe(true)
    expect(lostMsIn(waits)).toBe(9_500)
  })

  it('it was, where the harness stood still', () => {
    expect(describeStarvation({ ...calm, longestStallMs: { harness: 1_300 } })).toContain(
      'the harness stood still for 1.3 s at once',
    )
  })

  it('a node that does not answer may be at fault itself', () => {
    const silent = { ...calm, longestStallMs: { n1: 8_000 } }
    expect(describeStarvation(silent)).toBe(undefined)
    expect(isStarved(silent)).toBe(false)
  })

  it('it was, where a disk or memory was waited for', () => {
    expect(describeStarvation({ ...calm, pressure: { cpu: 0.2, io: 0.6, memory: 0.3 } })).toBe(
      'the machine was starved: something waited for the disk 60 % of the time, something waited for memory 30 % of the time',
    )
  })

  it('what did not come may only be late where a process had no processor for nearly all of the time', () => {
    expect(isStarved({ ...calm, waitedMs: { harness: 6_900 } })).toBe(false)
    expect(isStarved({ ...calm, waitedMs: { n2: 9_100 } })).toBe(true)
    expect(isStarved({ ...calm, longestStallMs: { harness: 9_100 } })).toBe(true)
  })
})

describe('the reason of what was waited for in vain', () => {
  const over = { overMs: 10_000, pressure: {}, longestStallMs: {} }
  const starved = { ...over, waitedMs: { n1: 5_000 } }
  const why = 'step 2 (wait) failed: timed out after 9000 ms'

  it('says so on a starved machine, once', () => {
    const said = withStarvation(why, starved)
    expect(said).toBe(`${why}; the machine was starved: n1 waited 5.0 s of 10.0 s for a processor`)
    expect(withStarvation(said, starved)).toBe(said)
  })

  it('stays what it is on any other', () => {
    expect(withStarvation(why, { ...over, waitedMs: { n1: 500 } })).toBe(why)
  })
})

describe('the time that a starved machine took away', () => {
  const starvation = (waited: number, stalled = 0) => ({
    ...{ overMs: 1_000, pressure: {}, waitedMs: { harness: 10, n1: waited } },
    longestStallMs: { n1: 999, harness: stalled },
  })

  it('is what a process waited for a processor, or the harness stood still, where that was most of it', () => {
    expect(lostMsIn(starvation(800))).toBe(800)
    expect(lostMsIn(starvation(100, 750))).toBe(750)
    expect(lostMsIn(starvation(5_000))).toBe(1_000)
  })

  it('is nothing where it was less', () => {
    expect(lostMsIn(starvation(690))).toBe(0)
  })
})
