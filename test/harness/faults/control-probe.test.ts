import { describe, expect, it } from 'vitest'
import { probeControl, slowestMs } from '../../../harness/faults/control-probe.ts'

/** Time that passes only while somebody sleeps or is asked; `standsStillMs` says how much too late the sleep with that number ends. */
function besideClock(standsStillMs: Record<number, number> = {}) {
  let nowMs = 0
  let sleeps = 0
  return {
    monotonicMs: () => nowMs,
    async sleep(delayMs: number) {
      sleeps += 1
      nowMs += delayMs + (standsStillMs[sleeps] ?? 0)
    },
  }
}

/** Over at the first question after so many ms. */
function overAfter(clock: ReturnType<typeof besideClock>, ms: number) {
  const { promise, resolve } = Promise.withResolvers<void>()
  const ask = async (tookMs: number) => {
    if (clock.monotonicMs() >= ms) resolve()
    return { tookMs }
  }
  return { promise, ask }
}

describe('what is asked beside something that is under way (FI-3, FI-4)', () => {
  it('is asked at least once, however quickly that is over', async () => {
    const asked = await probeControl(Promise.resolve(), async () => ({ tookMs: 3 }), besideClock())
    expect(asked).toEqual([{ tookMs: 3 }])
  })

  it('is asked for as long as that lasts, also when that fails', async () => {
    const clock = besideClock()
    const { promise, ask } = overAfter(clock, 500)
    expect(await probeControl(promise, () => ask(1), clock)).toHaveLength(11)
    await expect(probeControl(Promise.reject(new Error('gone')), () => ask(1), clock)).resolves.toHaveLength(1)
  })

  it('counts from when it was due: standing still between two questions is felt by the next', async () => {
    const clock = besideClock({ 2: 300 })
    const { promise, ask } = overAfter(clock, 500)
    const asked = await probeControl(promise, () => ask(1), clock)
    expect(asked.map(({ tookMs }) => tookMs)).toEqual([1, 1, 301, 1, 1])
    expect(slowestMs(asked)).toBe(301)
  })
})
