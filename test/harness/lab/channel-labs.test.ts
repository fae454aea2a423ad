import { connect, createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { Metric } from '../../../harness/cluster/statsd/metric.ts'
import { fanOut } from '../../../harness/lab/channels/fan-out.ts'
import { metricsPage } from '../../../harness/lab/channels/metrics-page.ts'
import { openRelay } from '../../../harness/lab/channels/relay.ts'
import { scale } from '../../../harness/lab/channels/scale.ts'
import { slowPing } from '../../../harness/lab/channels/slow-ping.ts'
import { transports } from '../../../harness/lab/channels/transports.ts'
import { inMostRounds } from '../../../harness/lab/finding.ts'
import { judgeLab, type Lab } from '../../../harness/lab/lab.ts'
import { bytes } from '../../../harness/lab/live/bytes.ts'
import { systemClock as clock } from '../../../harness/platform/clock.ts'

/** The outcome of one prediction, found by its words. */
function outcomeOf<M>(lab: Lab<M>, measured: M, words: string) {
  const found = judgeLab(lab, measured).findings.filter(({ says }) => says.includes(words))
  expect(found.map(({ says }) => says)).toHaveLength(1)
  return found[0]!.outcome
}

const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one)

describe('what several rounds say', () => {
  it.each([
    [[true, true, true, true, true], 'held'],
    [[true, true, false, true, true], 'held'],
    [[true, false, false, true, true], 'unknown'],
    [[false, false, true, true, false], 'unknown'],
    [[false, false, true, false, false], 'contradicted'],
    [[true, true, true], 'unknown'],
    [[], 'unknown'],
  ])('of %j is %s', (rounds, outcome) => {
    expect(inMostRounds(rounds, '').outcome).toBe(outcome)
  })
})

describe('channels/slow-ping (PM-17, PM-18, PM-19, DF-135)', () => {
  const slow = [304, 606, 909, 1_212, 1_514]
  const parallel = times(5, 303)
  const measured = { slow: times(5, slow), parallel: times(5, parallel) }

  it('is as predicted when slow replies queue and parallel ones do not', () => {
    expect(judgeLab(slowPing, measured).verdict).toBe('as predicted')
  })

  it.each([
    ['after 1, 2, 3', { ...measured, slow: times(5, parallel) }],
    ['none earlier', { ...measured, slow: measured.slow.with(3, [304, 606, 607, 1_212, 1_213]) }],
    ['three replies and two', { ...measured, slow: times(5, parallel) }],
    ['gets all five', { ...measured, slow: times(5, [304, 606, 909, 1_212, 2_100]) }],
    ['in parallel: all', { ...measured, parallel: times(5, slow) }],
    ['gets its reply', { ...measured, slow: measured.slow.with(0, slow.slice(1)) }],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(slowPing, contrary, words)).toBe('contradicted')
  })

  it('knows nothing of times when the machine held up some of the rounds', () => {
    const late = slow.map((ms) => ms + 400)
    const some = { ...measured, slow: [slow, late, slow, late, slow] }
    expect(outcomeOf(slowPing, some, 'after 1, 2, 3')).toBe('unknown')
  })
})

describe('channels/metrics-page (AT-44)', () => {
  const metric = (name: string, tags: Record<string, string> = {}, value = 1): Metric => ({
    ...{ name, tags, value },
    kind: name.endsWith('ping') ? 'ms' : 'c',
  })
  const connected = metric('socket_connect', { status: 'success', socket: 'StatsSocket' })
  const joined = metric('channel_join', { status: 'success', channel: 'StatsChannel' })
  const refused = metric('channel_join', { status: 'fail', channel: 'StatsChannel' })
  const ping = metric('stats_channel.ping', {}, 433)
  const load = [...times(3, connected), ...times(3, joined), refused, ...times(5, ping)]
  const without = (one: Metric) => load.filter((other) => other !== one)

  it('is as predicted when a load is measured as the text says', () => {
    expect(judgeLab(metricsPage, times(4, load)).verdict).toBe('as predicted')
  })

  it.each([
    ['three connections', times(4, without(connected))],
    ['at least one that it refuses', times(4, without(refused))],
    ['five pings', times(4, without(ping))],
    ['up to a second', times(4, [...without(ping), ...times(5, { ...ping, value: 5_000 })])],
    ['counted twice', [load, load, load, [...load, joined]]],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(metricsPage, contrary, words)).toBe('contradicted')
  })
})

describe('channels/fan-out (CH-51, CH-79, DF-127)', () => {
  const one = (cpuUs: number) => times(5, { cpuUs, deliveries: 40_000 })
  const measured = {
    plain: one(6),
    intercepted: one(18),
    broad: { bytes: 600, items: 10 },
    narrow: { bytes: 60, items: 1 },
  }

  it('is as predicted when interception and a broad topic cost what they must', () => {
    expect(judgeLab(fanOut, measured).verdict).toBe('as predicted')
  })

  it.each([
    ['gets every broadcast', { ...measured, plain: measured.plain.with(1, { cpuUs: 6, deliveries: 39_999 }) }],
    ['costs the node more', { ...measured, intercepted: one(7) }],
    ['a tenth of that', { ...measured, narrow: { bytes: 600, items: 10 } }],
    ['shows everybody', { ...measured, narrow: { bytes: 60, items: 2 } }],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(fanOut, contrary, words)).toBe('contradicted')
  })

  it('knows nothing of the processor where nobody counts it', () => {
    expect(outcomeOf(fanOut, { ...measured, plain: one(Number.NaN) }, 'costs the node more')).toBe('unknown')
  })
})

describe('channels/transports (CH-23, DF-130)', () => {
  const series = (bytesEach: number, cpuMs: number, latencyMs: number) =>
    times(5, { bytes: bytesEach, cpuMs, latencyMs, arrived: 60 })
  const measured = {
    near: { websocket: series(40, 0.3, 1), longPoll: series(500, 0.9, 2) },
    far: { websocket: series(40, 0.3, 52), longPoll: series(300, 0.6, 101) },
  }
  const withFar = (far: Partial<typeof measured.far>) => ({ ...measured, far: { ...measured.far, ...far } })
  const withNear = (near: Partial<typeof measured.near>) => ({ ...measured, near: { ...measured.near, ...near } })

  it('is as predicted when polls cost more', () => {
    expect(judgeLab(transports, measured).verdict).toBe('as predicted')
  })

  it.each([
    ['every message arrives', withFar({ longPoll: series(300, 0.6, 101).map((one) => ({ ...one, arrived: 59 })) })],
    ['several times the bytes', withNear({ longPoll: series(60, 0.9, 2) })],
    ['more processor time', withNear({ longPoll: series(500, 0.3, 2) })],
    ['well above that of a WebSocket', withFar({ longPoll: series(300, 0.6, 53) })],
    ['the way of the link once', withFar({ websocket: series(40, 0.3, 102) })],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(transports, contrary, words)).toBe('contradicted')
  })
})

describe('channels/scale (DP-45, PA-48)', () => {
  const audience = (size: number, cpuUs: number, tookMs: number, heapKiloBytes = 6) => ({
    ...{ size, heapKiloBytes },
    openMs: size / 5,
    broadcasts: times(5, { cpuUs, tookMs }),
    delivered: 50 * size,
  })
  const measured = { few: audience(1_000, 8, 90), many: audience(5_000, 9, 480) }

  it('is as predicted when a delivery costs the same', () => {
    expect(judgeLab(scale, measured).verdict).toBe('as predicted')
  })

  it.each([
    ['everybody is told', { ...measured, many: { ...measured.many, delivered: 249_999 } }],
    ['about the same', { ...measured, many: audience(5_000, 30, 480) }],
    ['and no faster', { ...measured, many: audience(5_000, 9, 2_000) }],
    ['as much memory', { ...measured, many: audience(5_000, 9, 480, 12) }],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(scale, contrary, words)).toBe('contradicted')
  })
})

describe('live/bytes (LV-7, LV-26, DF-118)', () => {
  const sizes = (joined: number, ...changed: [number, number, number]) =>
    changed.map((one, index) => ({ products: [2, 10, 100][index]!, joined, changed: one }))
  const measured = {
    channel: sizes(60, 100, 100, 100),
    simple: sizes(20_000, 160, 161, 162),
    component: sizes(22_000, 150, 151, 152),
  }

  it('is as predicted when the changed entry alone is sent', () => {
    expect(judgeLab(bytes, measured).verdict).toBe('as predicted')
  })

  it.each([
    ['the first payload', { ...measured, component: sizes(500, 150, 151, 152) }],
    ['with components', { ...measured, component: sizes(22_000, 150, 300, 900) }],
    ['with one template too', { ...measured, simple: sizes(20_000, 300, 1_400, 14_000) }],
    ['a component saves little', { ...measured, component: sizes(22_000, 60, 60, 60) }],
    ['a channel of one product', { ...measured, channel: sizes(60, 100, 500, 5_000) }],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(bytes, contrary, words)).toBe('contradicted')
  })
})

describe('the link of a lab', () => {
  it('counts what passes in both directions, and delays it without changing its order', async () => {
    const echo = createServer((socket) => socket.pipe(socket))
    await new Promise<void>((resolve) => void echo.listen(0, '127.0.0.1', resolve))
    const relay = await openRelay((echo.address() as { port: number }).port, clock)
    const client = connect({ port: relay.port, host: '127.0.0.1' })
    let heard = ''
    client.on('data', (piece) => {
      heard += piece
    })
    client.write('abc')
    await expect.poll(() => heard).toBe('abc')
    expect(relay.bytes()).toBe(6)
    relay.setDelay(30)
    const startedMs = clock.monotonicMs()
    client.write('de')
    client.write('fg')
    await expect.poll(() => heard).toBe('abcdefg')
    expect(clock.monotonicMs() - startedMs).toBeGreaterThanOrEqual(58)
    relay.close()
    client.destroy()
    echo.close()
  })
})
