import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { countConnect, countJoin, createMetricsPart, metricNames } from '../../../system/metrics/index.ts'
import { systemClock } from '../../../system/platform/clock.ts'
import { silentLog } from '../../../system/platform/log.ts'
import { createFakeClock, keptLog } from '../../support/channel-case.ts'

const host = '127.0.0.1'
const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close()
})

async function startDaemon(port = 0) {
  const socket: Socket = createSocket('udp4')
  const packets: string[] = []
  socket.on('message', (packet) => void packets.push(packet.toString().trim()))
  socket.bind(port, host)
  await once(socket, 'listening')
  let open = true
  const close = () => {
    if (open) socket.close()
    open = false
  }
  cleanUp.push(close)
  return { packets, port: socket.address().port, close }
}

function connect(port: number, options: Partial<Parameters<typeof createMetricsPart>[0]> = {}) {
  const part = createMetricsPart({ host, port, clock: systemClock, log: silentLog, ...options })
  cleanUp.push(part.stop)
  return part
}

describe('metrics on the wire', () => {
  it('have the text that the catalogue states (PM-6, PM-7, PM-9, PM-10, PM-11, PM-12, PM-13)', async () => {
    const { packets, port } = await startDaemon()
    const { metrics } = connect(port)
    countConnect(metrics, 'StatsSocket', 'success')
    countJoin(metrics, 'StatsChannel', 'fail')
    metrics.increment('test')
    metrics.increment('test', 3)
    metrics.timing(metricNames.statsChannelPing, 120)
    metrics.timing(metricNames.workerProcessTime, 2)
    metrics.histogram(metricNames.pushDelivered, 25)
    metrics.gauge('sockets_connected', 4)
    await expect.poll(() => packets.length).toBe(8)
    expect(packets).toEqual([
      'socket_connect:1|c|#status:success,socket:StatsSocket',
      'channel_join:1|c|#status:fail,channel:StatsChannel',
      'test:1|c',
      'test:3|c',
      'stats_channel.ping:120|ms',
      'pipeline.worker.process_time:2|ms',
      'pipeline.push_delivered:25|h',
      'sockets_connected:4|g',
    ])
  })

  it('carry the tags of their node (PM-2)', async () => {
    const { packets, port } = await startDaemon()
    const { metrics } = connect(port, { globalTags: { node: 'n1', tenant_id: 'acme' } })
    metrics.increment('test', 1, { status: 'success' })
    metrics.increment('test')
    await expect.poll(() => packets.length).toBe(2)
    expect(packets.map((packet) => packet.split('|#')[1]?.split(',').sort())).toEqual([
      ['node:n1', 'status:success', 'tenant_id:acme'],
      ['node:n1', 'tenant_id:acme'],
    ])
  })

  it('are sampled now and every five seconds (PM-1, PM-16)', async () => {
    const { packets, port } = await startDaemon()
    const clock = createFakeClock()
    let sockets = 1
    const part = connect(port, { clock })
    part.start({ sockets: () => sockets, channels: () => 2 * sockets })
    sockets = 7
    await clock.advance(4_999)
    await expect.poll(() => packets).toEqual(['sockets_connected:1|g', 'channels_connected:2|g'])
    await clock.advance(1)
    await expect.poll(() => packets.slice(2)).toEqual(['sockets_connected:7|g', 'channels_connected:14|g'])
    await part.stop()
    await clock.advance(20_000)
    expect(packets.length).toBe(4)
  })
})

describe('a daemon that fails (PM-4, NF-19)', () => {
  it('may be absent: nothing throws, nothing waits, one line says so at most', async () => {
    const { port, close } = await startDaemon()
    close()
    const { log, lines } = keptLog()
    const { metrics, stop } = connect(port, { log })
    const startMs = systemClock.monotonicMs()
    for (let n = 0; n < 1_000; n += 1) metrics.increment('test')
    expect(systemClock.monotonicMs() - startMs).toBeLessThan(1_000)
    await systemClock.sleep(50)
    expect(lines.length).toBeLessThanOrEqual(1)
    await stop()
  })

  it('is served again when it is back', async () => {
    const first = await startDaemon()
    const { metrics } = connect(first.port)
    metrics.increment('before')
    await expect.poll(() => first.packets).toEqual(['before:1|c'])
    first.close()
    metrics.increment('lost')
    const second = await startDaemon(first.port)
    await expect
      .poll(() => {
        metrics.increment('after')
        return second.packets.at(-1)
      })
      .toBe('after:1|c')
  })

  it('may have a name that cannot be resolved', async () => {
    const { log, lines } = keptLog()
    const { metrics, stop } = connect(8126, { host: 'no-such-host.invalid', log })
    for (let n = 0; n < 100; n += 1) metrics.increment('test')
    await expect
      .poll(() => lines, { timeout: 10_000 })
      .toEqual(['metrics could not be sent; the node goes on without them'])
    await stop()
  })

  it('may be missing from the configuration: nothing is opened', async () => {
    const part = createMetricsPart({ port: 8126, clock: systemClock, log: silentLog })
    part.start({ sockets: () => expect.unreachable('nobody asks'), channels: () => 0 })
    expect(part.metrics.measure('test', () => 5)).toBe(5)
    await part.stop()
  })

  it('is not waited for at the end, and what comes later is dropped', async () => {
    const { port } = await startDaemon()
    const { metrics, stop } = connect(port)
    await stop()
    expect(() => metrics.increment('late')).not.toThrow()
  })
})
