import { createSocket } from 'node:dgram'
import { afterEach, expect, it } from 'vitest'
import { openStatsdSink, type StatsdSink } from '../../../../harness/cluster/statsd/sink.ts'
import { connectStatsD } from '../../../../system/metrics/statsd.ts'
import { systemClock } from '../../../../system/platform/clock.ts'
import { silentLog } from '../../../../system/platform/log.ts'

let sink: StatsdSink
afterEach(() => sink.close())

it('hands over what came before anybody listened, and what comes after, in order (PM-8)', async () => {
  sink = await openStatsdSink()
  const { host, port } = sink
  const { metrics, close } = connectStatsD({
    host,
    port,
    clock: systemClock,
    log: silentLog,
    globalTags: { node: 'n1' },
  })
  metrics.increment('early', 2, { status: 'success' })
  const seen: string[] = []
  await new Promise((resolve) => setImmediate(resolve))
  sink.listen({
    onMetric: ({ name, value, kind, tags }) => seen.push(`${name} ${value} ${kind} ${JSON.stringify(tags)}`),
    onUnreadable: (text) => seen.push(`unreadable ${text}`),
  })
  metrics.gauge('late', 7)
  await expect.poll(() => seen.length).toBe(2)
  const raw = createSocket('udp4')
  raw.send('gibberish', port, host, () => raw.close())
  await expect
    .poll(() => seen)
    .toEqual(['early 2 c {"node":"n1","status":"success"}', 'late 7 g {"node":"n1"}', 'unreadable gibberish'])
  await close()
})
