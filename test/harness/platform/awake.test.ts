import { describe, expect, it } from 'vitest'
import { afterAwake, awakeMs, awakeTimeOf, createAwakeTime } from '../../../harness/platform/awake.ts'
import { type Clock, systemClock } from '../../../harness/platform/clock.ts'

/** A clock whose timers come as late as it is told. */
function lateClock(...latenessMs: number[]) {
  let nowMs = 0
  let timer: { dueMs: number; run: () => void } | undefined
  const clock: Clock = {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: async () => {},
    after(delayMs, run) {
      timer = { dueMs: nowMs + delayMs, run }
      return () => {
        timer = undefined
      }
    },
  }
  function runNext() {
    if (!timer) return false
    const { dueMs, run } = timer
    timer = undefined
    nowMs = dueMs + (latenessMs.shift() ?? 0)
    run()
    return true
  }
  return { clock, runNext }
}

describe('time in which this process was awake', () => {
  const ranAtMs = (delayMs: number, ...latenessMs: number[]) => {
    const { clock, runNext } = lateClock(...latenessMs)
    let atMs: number | undefined
    afterAwake(clock, delayMs, () => {
      atMs = clock.monotonicMs()
    })
    while (runNext());
    return atMs
  }

  it('is all time as long as the timers come when they are due', () => {
    expect(ranAtMs(500)).toBe(500)
    expect(ranAtMs(60)).toBe(60)
    expect(ranAtMs(60, 5, 5)).toBe(70)
  })

  it('is a slice and no more when a timer comes too late, and the last is in time, so that what was sent meanwhile can be read', () => {
    expect(ranAtMs(100, 0, 2_000)).toBe(2_000 + 100)
    expect(ranAtMs(100, 0, 0, 0, 2_000)).toBe(2_000 + 125)
    expect(ranAtMs(20, 2_000, 2_000)).toBe(4_000 + 20 + 25 + 25)
  })

  it('is over some time, also for a process that is always late', () => {
    const always = Array<number>(1_000).fill(100)
    expect(ranAtMs(100, ...always)).toBe(24 * 125)
  })

  it('can be cancelled, also when some of it is over', () => {
    const { clock, runNext } = lateClock()
    let ran = false
    const cancel = afterAwake(clock, 100, () => {
      ran = true
    })
    runNext()
    cancel()
    expect(runNext()).toBe(false)
    expect(ran).toBe(false)
  })
})

describe('the count of the time in which this process was awake', () => {
  function counting() {
    let nowMs = 7
    const { look, awakeMs } = createAwakeTime({ monotonicMs: () => nowMs })
    const pass = (ms: number) => {
      nowMs += ms
      look()
    }
    const passUnseen = (ms: number) => {
      nowMs += ms
    }
    return { awakeMs, pass, passUnseen }
  }

  it('is all time as long as the looks come when they are due', () => {
    const { awakeMs, pass, passUnseen } = counting()
    for (let n = 0; n < 20; n += 1) pass(50)
    passUnseen(30)
    expect(awakeMs()).toBe(1_030)
  })

  it('is two looks and no more when one came late, also before that one', () => {
    const { awakeMs, pass, passUnseen } = counting()
    pass(50)
    passUnseen(3_000)
    expect(awakeMs()).toBe(150)
    pass(0)
    expect(awakeMs()).toBe(150)
    pass(50)
    expect(awakeMs()).toBe(200)
  })

  it('goes on also for a process that is always late', () => {
    const { awakeMs, pass } = counting()
    for (let n = 0; n < 10; n += 1) pass(1_000)
    expect(awakeMs()).toBe(1_000)
  })
})

it('this process counts a turn in which it did nothing else as a short time', async () => {
  awakeMs()
  const [startedMs, startedAwakeMs] = [systemClock.monotonicMs(), awakeMs()]
  while (systemClock.monotonicMs() - startedMs < 400);
  expect(awakeMs() - startedAwakeMs).toBeLessThanOrEqual(100)
  expect(awakeTimeOf(systemClock)).toBe(awakeMs)
  expect(awakeTimeOf({ monotonicMs: () => 7 })()).toBe(7)
})
