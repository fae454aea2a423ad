import { afterEach, expect, it } from 'vitest'
import type { Cluster } from '../../../harness/cluster/cluster.ts'
import { openStatsdSink, type StatsdSink } from '../../../harness/cluster/statsd/sink.ts'
import { faults } from '../../../harness/faults/index.ts'
import { connectStatsD } from '../../../system/metrics/statsd.ts'
import { systemClock } from '../../../system/platform/clock.ts'
import { silentLog } from '../../../system/platform/log.ts'

let sink: StatsdSink
afterEach(() => sink.close())

const faultOf = (statsd?: Partial<StatsdSink>) =>
  faults['metrics.stop'].create({ ...(statsd && { statsd }) } as unknown as Cluster, 'statsd', {})

it('is witnessed by a packet that nobody takes, and by one that arrives when it is healed (FI-15)', async () => {
  sink = await openStatsdSink()
  const fault = faultOf(sink)
  await fault.inject()
  expect(await fault.witnessOn()).toEqual({ seen: true, why: expect.stringContaining('nobody has the port') })
  await fault.heal()
  expect(await fault.witnessOff()).toEqual({ seen: true, why: expect.stringContaining('arrives at the daemon') })
})

it('is not witnessed where nothing happens', async () => {
  sink = await openStatsdSink()
  const fault = faultOf({ ...sink, stop: async () => {} })
  await fault.inject()
  expect(await fault.witnessOn()).toEqual({ seen: false, why: expect.stringContaining('arrives at the daemon') })
})

it('is not seen to end while the daemon is still gone', async () => {
  sink = await openStatsdSink()
  const fault = faultOf({ ...sink, start: async () => {} })
  await fault.inject()
  await fault.heal()
  expect(await fault.witnessOff()).toEqual({ seen: false, why: expect.stringContaining('refused') })
})

it('is refused on a cluster that nobody collects the metrics of', async () => {
  sink = await openStatsdSink()
  expect(() => faultOf()).toThrow('send their metrics to nobody')
})

it('hands over no packet of its own, and every packet of a node before and after (PM-8)', async () => {
  sink = await openStatsdSink()
  const { host, port } = sink
  const seen: string[] = []
  sink.listen({ onMetric: ({ name }) => void seen.push(name), onUnreadable: (text) => void seen.push(text) })
  const { metrics, close } = connectStatsD({ host, port, clock: systemClock, log: silentLog })
  metrics.increment('before')
  await expect.poll(() => seen).toEqual(['before'])
  const fault = faultOf(sink)
  await fault.inject()
  await fault.witnessOn()
  metrics.increment('meanwhile')
  await fault.heal()
  await fault.witnessOff()
  metrics.increment('after')
  await expect.poll(() => seen).toEqual(['before', 'after'])
  await close()
})
