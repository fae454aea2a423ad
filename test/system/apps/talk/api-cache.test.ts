import { afterEach, describe, expect, it } from 'vitest'
import { createApiCache } from '../../../../system/apps/talk/api-cache.ts'
import { createStubs } from '../../../../system/apps/talk/stubs.ts'
import { type Bench, createBench } from './support.ts'

let bench: Bench
afterEach(() => bench.stop())

async function startCache() {
  bench = createBench()
  const stubs = createStubs(bench.clock, { rates: 1_000 })
  const cache = createApiCache({ ...bench, fetch: () => stubs.call('rates'), validMs: 60_000 })
  await bench.start(cache.child)
  const ask = (count: number) => Promise.allSettled(Array.from({ length: count }, () => cache.read()))
  return { stubs, cache, ask, calls: () => stubs.callCount('rates') }
}

describe('the cache of an external API (RT-46)', () => {
  it('makes one call for a hundred who ask while it is under way', async () => {
    const { ask, calls } = await startCache()
    const answers = ask(100)
    await bench.clock.advance(1_000)
    expect(calls()).toBe(1)
    const values = (await answers).map((one) => one.status === 'fulfilled' && one.value.value)
    expect([values.length, new Set(values)]).toEqual([100, new Set([1])])
  })

  it('makes none within the validity, and one after it', async () => {
    const { ask, cache, calls } = await startCache()
    void ask(1)
    await bench.clock.advance(1_000)
    await bench.clock.advance(59_999)
    expect(await cache.read()).toEqual({ value: 1, ageMs: 59_999 })
    await bench.clock.advance(1)
    const late = ask(100)
    await bench.clock.advance(1_000)
    await late
    expect(calls()).toBe(2)
  })

  it('gives one failure to all who asked before it, and tries again for who asks later', async () => {
    const { ask, stubs, calls } = await startCache()
    stubs.set('rates', { fails: true })
    const failed = ask(100)
    await bench.clock.advance(1_000)
    expect((await failed).every((one) => one.status === 'rejected')).toBe(true)
    expect(calls()).toBe(1)
    stubs.set('rates', { fails: false })
    await bench.clock.advance(1)
    const again = ask(1)
    await bench.clock.advance(1_000)
    expect((await again)[0]).toEqual({ status: 'fulfilled', value: { value: 2, ageMs: 0 } })
  })

  it('answers from the table, without a message to its owner, and asks again when the owner was lost with it (RT-32, RT-47)', async () => {
    const { ask, cache, calls } = await startCache()
    void ask(1)
    await bench.clock.advance(1_000)
    const owner = bench.runtime.registry.whereis('Talk.Cache')!
    const handled = owner.handled
    await cache.read()
    expect(owner.handled).toBe(handled)
    await bench.kill('Talk.Cache')
    const after = cache.read()
    await bench.clock.advance(1_000)
    expect([(await after).value, calls()]).toEqual([2, 2])
  })
})
