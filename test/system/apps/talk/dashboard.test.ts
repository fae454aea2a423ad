import { afterEach, describe, expect, it } from 'vitest'
import { startDashboard, timed } from './support.ts'

let one: Awaited<ReturnType<typeof startDashboard>> | undefined
afterEach(() => one?.bench.stop())
const start = async () => {
  one = await startDashboard()
  return one
}
const whole = { some_param: 1, compute: { value: 1 }, slow: { value: 1 }, also_slow: { value: 1 } }
const unavailable = { error: 'unavailable' }

describe('one after the other (RT-37)', () => {
  it('takes the sum of all times', async () => {
    const { bench, dashboard } = await start()
    expect(await timed(bench, () => dashboard.serial())).toEqual({ value: whole, tookMs: 3_200 })
  })

  it('is spoilt by one failure', async () => {
    const { bench, dashboard, stubs } = await start()
    const answer = await timed(bench, () => dashboard.serial({ slow: { fails: true } }))
    expect(answer).toEqual({ error: 'slow is set to fail', tookMs: 2_000 })
    expect(stubs.callCount('also_slow')).toBe(0)
  })
})

describe('all at once (RT-38)', () => {
  it('takes as long as the slowest part', async () => {
    const { bench, dashboard } = await start()
    expect(await timed(bench, () => dashboard.parallel())).toEqual({ value: whole, tookMs: 1_000 })
    const slower = await timed(bench, () => dashboard.parallel({ slow: { delayMs: 3_000 } }))
    expect(slower.tookMs).toBe(3_000)
  })

  it('shows a placeholder for a part that throws, which is logged (RT-40)', async () => {
    const { bench, dashboard } = await start()
    const answer = await timed(bench, () => dashboard.parallel({ slow: { fails: true } }))
    expect(answer).toEqual({ value: { ...whole, slow: unavailable }, tookMs: 1_000 })
    expect(bench.entries).toContainEqual(expect.objectContaining({ event: 'actor_failed', actor: 'Talk.Part.slow' }))
  })

  it('shows a placeholder for a part that passes its limit, and ends it (RT-40)', async () => {
    const { bench, dashboard } = await start()
    const answer = await timed(bench, () => dashboard.parallel({ compute: { delayMs: 6_000 } }))
    expect(answer).toEqual({ value: { ...whole, compute: unavailable }, tookMs: 5_000 })
    expect(bench.runtime.actors()).toEqual([])
  })

  it('shows three placeholders where everything fails', async () => {
    const { bench, dashboard } = await start()
    const fails = { fails: true }
    const answer = await timed(bench, () => dashboard.parallel({ compute: fails, slow: fails, also_slow: fails }))
    expect(answer).toMatchObject({ value: { compute: unavailable, slow: unavailable, also_slow: unavailable } })
  })
})

describe('tracking (RT-39)', () => {
  it('is not awaited, and outlives the request', async () => {
    const { bench, dashboard, stubs, background } = await start()
    stubs.set('tracking', { delayMs: 2_000 })
    const answer = dashboard.parallel()
    await bench.clock.advance(1_000)
    expect(await answer).toEqual(whole)
    expect([stubs.underWay(), background.count()]).toEqual([1, 1])
    await bench.clock.advance(1_000)
    expect([stubs.underWay(), background.count(), stubs.callCount('tracking')]).toEqual([0, 0, 1])
  })

  it('crashes without effect on the request, and is logged', async () => {
    const { bench, dashboard, stubs, background } = await start()
    stubs.set('tracking', { fails: true, delayMs: 10 })
    expect(await timed(bench, () => dashboard.parallel())).toEqual({ value: whole, tookMs: 1_000 })
    expect(bench.entries).toContainEqual(expect.objectContaining({ event: 'actor_failed', actor: 'Talk.Task' }))
    expect(background.count()).toBe(0)
    expect(await timed(bench, () => dashboard.parallel())).toMatchObject({ value: { compute: { value: 2 } } })
  })
})
