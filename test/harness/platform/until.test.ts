import { expect, it } from 'vitest'
import type { Clock } from '../../../harness/platform/clock.ts'
import { until } from '../../../harness/platform/until.ts'

function simulated() {
  let nowMs = 0
  const sleep = async (ms: number) => {
    nowMs += ms
  }
  return { monotonicMs: () => nowMs, sleep } as unknown as Clock
}

/** When it was asked, in ms, until the time was over. */
async function timesOfAsking(options: { withinMs: number; everyMs?: number }) {
  const clock = simulated()
  const times: number[] = []
  const ask = () => void times.push(Math.round(clock.monotonicMs()))
  await until(ask, { what: 'nothing', clock, ...options }).catch(() => {})
  return times
}

it('asks often at first and then less often, and once more at the end of the time', async () => {
  const times = await timesOfAsking({ withinMs: 3_000 })
  expect(times.slice(0, 4)).toEqual([0, 25, 56, 95])
  expect(times.at(-1)! - times.at(-2)!).toBe(150)
  expect(times.at(-1)).toBeGreaterThanOrEqual(3_000)
  expect(times.length).toBeLessThan(30)
})

it('asks as often as it is told', async () => {
  expect(await timesOfAsking({ withinMs: 100, everyMs: 20 })).toEqual([0, 20, 40, 60, 80, 100])
})

it('says what was awaited, how long, and what was seen last', async () => {
  const ask = () => Promise.reject(new Error('not yet'))
  await expect(until(ask, { what: 'the door opens', withinMs: 50, clock: simulated() })).rejects.toThrow(
    'timed out after 50 ms waiting for "the door opens"; last value not yet',
  )
})

it('leaves out that the answer was no until the end', async () => {
  await expect(until(() => false, { what: 'the door opens', withinMs: 50, clock: simulated() })).rejects.toThrow(
    /waiting for "the door opens"$/,
  )
})

it('goes on while a starved machine takes the time away, and not for ever', async () => {
  const lastOf = async (lostShare: number) => {
    const clock = simulated()
    const ask = () => void clock.monotonicMs()
    const lostMs = (lastMs: number) => lostShare * lastMs
    await until(ask, { what: 'nothing', withinMs: 1_000, everyMs: 100, lostMs, clock }).catch(() => {})
    return clock.monotonicMs()
  }
  expect(await lastOf(0)).toBe(1_000)
  expect(await lastOf(0.5)).toBe(2_000)
  expect(await lastOf(0.9)).toBe(2_500)
})

/** When it gave up on a clock that jumps by `jumpMs` at 600 ms, and whether it counts that as a time in which the process was awake. */
async function givenUpAt({ withinMs, jumpMs }: { withinMs: number; jumpMs: number }) {
  const clock = simulated()
  let sleptMs: number | undefined
  const { sleep } = clock
  clock.sleep = async (ms) => {
    await sleep(ms)
    if (sleptMs !== undefined || clock.monotonicMs() < 600) return
    sleptMs = jumpMs
    await sleep(jumpMs)
  }
  const options = {
    what: 'nothing',
    withinMs,
    everyMs: 100,
    clock,
    awakeMs: () => clock.monotonicMs() - (sleptMs ?? 0),
  }
  await until(() => false, options).catch(() => {})
  return clock.monotonicMs()
}

it('does not count the time for which this process stood still, and does not wait for ever', async () => {
  expect(await givenUpAt({ withinMs: 1_000, jumpMs: 0 })).toBe(1_000)
  expect(await givenUpAt({ withinMs: 1_000, jumpMs: 3_000 })).toBe(4_000)
  expect(await givenUpAt({ withinMs: 1_000, jumpMs: 60_000 })).toBe(60_600)
})
