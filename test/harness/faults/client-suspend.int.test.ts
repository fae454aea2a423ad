import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../../harness/cluster/cluster.ts'
import { clientSuspend } from '../../../harness/faults/client-suspend.ts'
import { systemClock } from '../../../harness/platform/clock.ts'

/** A tab that sends ten bytes each 200 ms while it is awake, and the link that carries them. */
function tabOf({ sends = true, sleeps = true, wakes = true } = {}) {
  const startedMs = systemClock.monotonicMs()
  let frozenAtMs: number | undefined
  let lostMs = 0
  const bytes = async () => {
    const nowMs = frozenAtMs ?? systemClock.monotonicMs()
    return sends ? Math.floor((nowMs - startedMs - lostMs) / 200) * 10 : 0
  }
  const tab = {
    who: 'alice#2',
    node: 'n1',
    async freeze() {
      if (sleeps) frozenAtMs = systemClock.monotonicMs()
    },
    async thaw() {
      if (!wakes || frozenAtMs === undefined) return
      lostMs = systemClock.monotonicMs() - frozenAtMs
      frozenAtMs = undefined
    },
  }
  return clientSuspend.create({ links: { bytes, countsAtOnce: true } } as unknown as Cluster, 'alice#2', {}, [tab])
}

describe.concurrent('client.suspend (FI-5, AT-10)', () => {
  it('is seen when no heartbeat comes any more, and over when one comes', async () => {
    const fault = tabOf()
    await fault.inject()
    expect(await fault.witnessOn()).toEqual({ seen: true, why: 'alice->n1 carried no heartbeat for 1600 ms' })
    await fault.heal()
    expect(await fault.witnessOff()).toMatchObject({ seen: true })
  })

  it.each([
    ['goes on sending', { sleeps: false }, /still sends/],
    ['sent nothing before', { sends: false }, /sent nothing before/],
  ])('is not witnessed by a tab that %s', async (_, specs, why) => {
    const fault = tabOf(specs)
    await fault.inject()
    expect(await fault.witnessOn()).toMatchObject({ seen: false, why: expect.stringMatching(why) })
  })

  it('is not seen to end by a tab that sleeps on', async () => {
    const fault = tabOf({ wakes: false })
    await fault.inject()
    await fault.witnessOn()
    await fault.heal()
    expect(await fault.witnessOff()).toMatchObject({ seen: false })
  })

  it('says who can be suspended', () => {
    const cluster = { links: { countsAtOnce: true } } as Cluster
    expect(() => clientSuspend.create(cluster, 'bob', {}, [])).toThrow('bob has no tab; there are those of nobody')
  })
})
