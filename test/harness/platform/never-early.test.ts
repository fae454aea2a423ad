import { describe, expect, it } from 'vitest'
import type { Clock } from '../../../harness/platform/clock.ts'
import { afterExact, afterFull } from '../../../harness/platform/never-early.ts'

/** A clock with the timers of Node: whole milliseconds, at least one, and counted from up to a millisecond ago. */
function nodeClock(earlyMs: number) {
  let nowMs = 0
  let next: { dueMs: number; run: () => void } | undefined
  const later = (dueMs: number, run: () => void) => {
    next = { dueMs, run }
    return () => {
      next = undefined
    }
  }
  const clock: Clock = {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: async () => {},
    after: (delayMs, run) => later(nowMs + Math.max(1, Math.trunc(delayMs)) - earlyMs, run),
  }
  const turn = (run: () => void) => later(nowMs + 0.01, run)
  function runAll() {
    while (next) {
      const { dueMs, run } = next
      next = undefined
      nowMs = dueMs
      run()
    }
  }
  return { clock, turn, runAll }
}

describe('a timer that is never early', () => {
  const ranAtMs = (delayMs: number, earlyMs: number, isExact: boolean) => {
    const { clock, turn, runAll } = nodeClock(earlyMs)
    let atMs = Number.NaN
    const run = () => {
      atMs = clock.monotonicMs()
    }
    if (isExact) afterExact(clock, delayMs, run, turn)
    else afterFull(clock, delayMs, run)
    runAll()
    return atMs
  }

  it.each([0.1, 1, 1.5, 2, 20.25, 150])('runs after %f ms or up to 1 ms later', (delayMs) => {
    for (const earlyMs of [0, 0.3, 0.7]) {
      expect(ranAtMs(delayMs, earlyMs, false)).toBeGreaterThanOrEqual(delayMs)
      expect(ranAtMs(delayMs, earlyMs, false)).toBeLessThan(delayMs + 1)
    }
  })

  it.each([0.1, 1, 1.5, 2, 20.25, 150])('or after exactly %f ms', (delayMs) => {
    for (const earlyMs of [0, 0.3, 0.7]) {
      expect(ranAtMs(delayMs, earlyMs, true)).toBeGreaterThanOrEqual(delayMs)
      expect(ranAtMs(delayMs, earlyMs, true)).toBeLessThan(delayMs + 0.02)
    }
  })

  it('runs no more once it is cancelled', () => {
    const { clock, runAll } = nodeClock(0.7)
    let ran = false
    const cancel = afterFull(clock, 5, () => {
      ran = true
    })
    cancel()
    runAll()
    expect(ran).toBe(false)
  })
})
