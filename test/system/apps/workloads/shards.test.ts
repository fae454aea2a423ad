import { describe, expect, it } from 'vitest'
import { callShards, type ShardsRequest } from '../../../../system/apps/workloads/shards.ts'
import { createWork } from '../../../../system/apps/workloads/work.ts'
import { silentLog as log } from '../../../../system/platform/log.ts'
import { createRuntime } from '../../../../system/runtime/index.ts'
import { createFakeClock } from '../../../support/channel-case.ts'

const request: ShardsRequest = {
  ...{ layout: 'one', shards: 4, keys: 32, callers: 32, callsEach: 2 },
  work: { kind: 'wait', ms: 10 },
}

/** In simulated time: handling takes exactly as long as the work. */
async function called(change: Partial<ShardsRequest>) {
  const clock = createFakeClock()
  const runtime = createRuntime({ clock, log })
  const result = callShards({ ...request, ...change }, { runtime, clock, work: createWork({ clock }) })
  await clock.advance(10_000)
  return { ...(await result), left: runtime.actors().length }
}

describe('callers of actors that share keys (RT-59)', () => {
  it('wait for all others where one actor has all keys', async () => {
    const { tookMs, latenciesMs, mailboxMax, actors, left } = await called({ layout: 'one' })
    expect([tookMs, latenciesMs.length, actors, left]).toEqual([640, 64, 1, 0])
    expect(Math.max(...latenciesMs)).toBe(320)
    expect(mailboxMax).toBeGreaterThanOrEqual(31)
  })

  it('wait for those of their shard where four have them', async () => {
    const { tookMs, latenciesMs, mailboxMax, actors } = await called({ layout: 'hash' })
    expect([latenciesMs.length, actors]).toEqual([64, 4])
    expect(tookMs).toBeLessThan(300)
    expect(mailboxMax).toBeLessThan(16)
  })

  it('wait for those of their key where each key has its own', async () => {
    const { tookMs, mailboxMax, actors } = await called({ layout: 'key' })
    expect(actors).toBe(32)
    expect(tookMs).toBeLessThanOrEqual(40)
    expect(mailboxMax).toBeLessThan(4)
  })
})
