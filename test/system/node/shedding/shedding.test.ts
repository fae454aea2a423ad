import { describe, expect, it } from 'vitest'
import { createAgeMarks } from '../../../../system/node/shedding/age-marks.ts'
import { createRangeWatch } from '../../../../system/node/shedding/range-watch.ts'
import { sheddingRules } from '../../../../system/node/shedding/rules.ts'
import { createShedding, type SheddingRules } from '../../../../system/node/shedding/shedding.ts'
import { readConfig } from '../../../../system/platform/config.ts'
import { silentLog as log } from '../../../../system/platform/log.ts'
import { createFakeClock } from '../../../support/channel-case.ts'

const everyMs = 1_000

/** A node with numbered connections, of which `back` connect again to it when they are closed. */
function setUp(rules: Partial<SheddingRules> = {}, back: (closed: number) => number = () => 0) {
  const clock = createFakeClock()
  let open: number[] = []
  let newest = 0
  const used = { cpuMs: 0, heapBytes: 0, rssBytes: 0 }
  const arrive = (count: number) => {
    for (let n = 0; n < count; n += 1) open.push(++newest)
  }
  const shedding = createShedding({
    connections: {
      count: () => open.length,
      newest: () => newest,
      shed(countMax, upTo = newest) {
        const shed = open.filter((number) => number <= upTo).slice(0, countMax)
        open = open.filter((number) => !shed.includes(number))
        arrive(back(shed.length))
        return shed.length
      },
    },
    rules: { everyMs, countMax: 100, afterMs: 5_000, ...rules },
    clock,
    log,
    usage: () => used,
  })
  shedding.part.start?.()
  return { clock, shedding, arrive, used, open: () => open }
}

describe('shedding asked for by an operator (DP-21)', () => {
  it('closes so many once, the oldest first', () => {
    const { shedding, arrive, open } = setUp()
    arrive(5)
    expect(shedding.order({ count: 2 })).toBe(2)
    expect(open()).toEqual([3, 4, 5])
    expect(shedding.counters.shedByOrder).toBe(2)
  })

  it('closes the surplus in rounds until it has no more than it should keep (DF-139)', async () => {
    const { clock, shedding, arrive, open } = setUp({}, (closed) => Math.floor(closed / 3))
    arrive(100)
    expect(shedding.order({ keep: 40 })).toBe(60)
    expect(open()).toHaveLength(60)
    await clock.advance(10 * everyMs)
    expect(open()).toHaveLength(40)
  })

  it('closes none of those who come after the surplus is gone', async () => {
    const { clock, shedding, arrive, open } = setUp()
    arrive(50)
    shedding.order({ keep: 40 })
    await clock.advance(10 * everyMs)
    arrive(20)
    await clock.advance(10 * everyMs)
    expect(open()).toHaveLength(60)
    expect(clock.timerCount()).toBe(0)
  })

  it('closes those who are sent here by other nodes meanwhile', async () => {
    const { clock, shedding, arrive, open } = setUp()
    arrive(50)
    shedding.order({ keep: 40 })
    await clock.advance(everyMs)
    arrive(7)
    await clock.advance(2 * everyMs)
    expect(open()).toHaveLength(40)
  })

  it('gives up where all who are closed come back, because there is no other node for them', async () => {
    const { clock, shedding, arrive, open } = setUp({}, (closed) => closed)
    arrive(50)
    shedding.order({ keep: 40 })
    await clock.advance(60 * everyMs)
    expect(open()).toHaveLength(50)
    expect(shedding.counters.shedByOrder).toBe(50)
    expect(clock.timerCount()).toBe(0)
  })

  it('never closes more at a time than its rules say', () => {
    const { shedding, arrive, open } = setUp({ countMax: 10 })
    arrive(50)
    expect(shedding.order({ keep: 0 })).toBe(10)
    expect(open()).toHaveLength(40)
  })
})

describe('a maximum age (DP-24, DF-140)', () => {
  it('closes a connection when it has reached it, and not before', async () => {
    const { clock, arrive, open, shedding } = setUp({ maxAgeMs: 10_000 })
    arrive(1)
    await clock.advance(5_000)
    arrive(1)
    await clock.advance(5_000)
    expect(open()).toEqual([1, 2])
    await clock.advance(everyMs)
    expect(open()).toEqual([2])
    await clock.advance(5_000)
    expect(open()).toEqual([])
    expect(shedding.counters.shedByAge).toBe(2)
  })

  it('knows from marks how old the connections are', () => {
    const { look } = createAgeMarks(100)
    expect([look(0, 3), look(60, 5), look(99, 8), look(100, 9), look(160, 9), look(1_000, 9)]).toEqual([
      0, 0, 0, 3, 5, 9,
    ])
  })
})

describe('a resource out of its range (DP-23)', () => {
  it('closes connections once the processor was busy for long enough, and stops when it is well', async () => {
    const { clock, arrive, used, open, shedding } = setUp({ range: { cpuMax: 0.8 }, countMax: 3 })
    arrive(10)
    const busyFor = async (seconds: number, cpuMsEach: number) => {
      for (let n = 0; n < seconds; n += 1) {
        used.cpuMs += cpuMsEach
        await clock.advance(everyMs)
      }
    }
    await busyFor(5, 950)
    expect(open()).toHaveLength(10)
    await busyFor(1, 950)
    expect(open()).toHaveLength(7)
    await busyFor(20, 500)
    expect(open()).toHaveLength(7)
    expect(shedding.counters.shedByResource).toBe(3)
  })

  it('begins anew when it was well in between', () => {
    const { look } = createRangeWatch({ heapMaxBytes: 100 }, 10)
    const big = { cpu: 0, heapBytes: 101 }
    const small = { cpu: 0, heapBytes: 100 }
    expect([look(0, big), look(9, big), look(9.5, small), look(12, big), look(21, big)]).toEqual(Array(5).fill(false))
    expect([look(22, big), look(31, big), look(32, big)]).toEqual([true, false, true])
  })
})

describe('without being asked for (DP-25)', () => {
  it('sheds nobody, and arms no timer', async () => {
    const { clock, arrive, open } = setUp(sheddingRules(readConfig({})))
    arrive(10)
    await clock.advance(3_600_000)
    expect(open()).toHaveLength(10)
    expect(clock.timerCount()).toBe(0)
  })

  it('is on by its variables', () => {
    const config = readConfig({ SHED_MAX_AGE_MS: '60000', SHED_CPU_MAX: '0.9', SHED_HEAP_MB_MAX: '2', SHED_COUNT: '7' })
    expect(sheddingRules(config)).toEqual({
      everyMs: 1_000,
      countMax: 7,
      afterMs: 30_000,
      maxAgeMs: 60_000,
      range: { cpuMax: 0.9, heapMaxBytes: 2_097_152 },
    })
  })
})
