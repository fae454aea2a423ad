import { describe, expect, it } from 'vitest'
import {
  parallelMax,
  slowPingDefaultMs as slowPingMs,
  statsChannel,
} from '../../../../system/apps/hello/stats-channel.ts'
import { userSocket } from '../../../../system/apps/hello/user-socket.ts'
import { socket } from '../../../../system/channels/index.ts'
import { type Metrics, noMetrics } from '../../../../system/metrics/index.ts'
import { createCountedClock } from '../../../../system/platform/clock.ts'
import { createFakeClock, keptLog, openCase } from '../../../support/channel-case.ts'

describe('WildcardChannel (CH-48, CH-123, CH-138, AT-35)', () => {
  it.each(['wild:1:2', 'wild:20:40', 'wild:100:200'])('is joined as %s', async (topic) => {
    const { join } = await openCase(userSocket)
    expect(await join(topic)).toEqual({ status: 'ok', response: {} })
  })

  it.each(['wild:1:3', 'wild:1:2:3', 'wild:2:4:6', 'wild:7'])('refuses %s', async (topic) => {
    const { join } = await openCase(userSocket)
    expect(await join(topic)).toEqual({ status: 'error', response: {} })
  })

  it('says in the log that a join crashed, and the socket lives on (CH-54, CH-137)', async () => {
    const { lines, log } = keptLog()
    const client = await openCase(userSocket, { log })
    expect(await client.join('wild:invalid')).toEqual({ status: 'error', response: { reason: 'join crashed' } })
    expect(lines.join()).toContain('an exception was raised')
    expect(await client.join('wild:2:4')).toEqual({ status: 'ok', response: {} })
    expect(await client.ask('wild:2:4', 'ping')).toEqual({ status: 'ok', response: { ping: 'pong' } })
  })
})

describe('DedupeChannel (CH-128..130, CH-138, CH-139, AT-36)', () => {
  async function joined() {
    const clock = createFakeClock()
    const client = await openCase(userSocket, { clock })
    await client.join('dupe')
    const tell = (...numbers: number[]) => {
      for (const number of numbers) client.pubsub.broadcast('dupe', 'number', { number })
    }
    return { clock, client, tell, pushed: () => client.received('number') }
  }

  it('keeps what it hears and pushes nothing within the window', async () => {
    const { clock, tell, pushed } = await joined()
    tell(1, 1, 2)
    await clock.advance(999)
    expect(pushed()).toEqual([])
  })

  it('pushes each value once, in the order of first arrival, and begins anew', async () => {
    const { clock, tell, pushed } = await joined()
    tell(1, 2, 3, 2)
    await clock.advance(1_000)
    expect(pushed()).toEqual([{ value: 1 }, { value: 2 }, { value: 3 }])
    tell(3)
    await clock.advance(1_000)
    expect(pushed()).toHaveLength(4)
  })

  it('flushes on the clock: later numbers do not extend the window', async () => {
    const { clock, tell, pushed } = await joined()
    tell(1)
    await clock.advance(900)
    tell(2)
    await clock.advance(100)
    expect(pushed()).toEqual([{ value: 1 }, { value: 2 }])
    tell(1, 2)
    await clock.advance(1_000)
    expect(pushed()).toHaveLength(4)
  })
})

describe('StatsChannel (CH-4, CH-5, CH-68, CH-131, PM-17)', () => {
  async function opened(metrics: Metrics = noMetrics) {
    const fake = createFakeClock()
    const clock = createCountedClock(fake)
    const attempts: string[] = []
    const definition = socket({
      name: 'StatsSocket',
      path: '/stats_socket',
      channels: { '*': statsChannel({ clock, metrics, pingMs: () => 0 }) },
    })
    const client = await openCase(definition, {
      clock,
      attempts: { connect() {}, join: (channel, status) => void attempts.push(`${channel} ${status}`) },
    })
    await client.join('valid')
    const answered = () => client.received('phx_reply').length - 1
    return { clock: { ...clock, advance: fake.advance }, client, answered, attempts }
  }

  it('answers slow pings one after the other', async () => {
    const { clock, client, answered } = await opened()
    for (let n = 0; n < 5; n += 1) client.push('valid', 'slow_ping')
    for (const expected of [1, 2, 3, 4, 5]) {
      await clock.advance(slowPingMs)
      expect(answered()).toBe(expected)
    }
  })

  it('answers parallel ones all at once, each by its own ref', async () => {
    const { clock, client, answered } = await opened()
    const refs = Array.from({ length: 5 }, () => client.push('valid', 'parallel_slow_ping'))
    await clock.advance(slowPingMs)
    expect(answered()).toBe(5)
    for (const ref of refs) expect(await client.replyTo(ref)).toEqual({ status: 'ok', response: { ping: 'pong' } })
  })

  it('handles no more at once than its cap, and the rest when there is room, in order (PM-21, PM-22, DF-36)', async () => {
    const { clock, client, answered } = await opened()
    const refs = Array.from({ length: parallelMax + 2 }, () => client.push('valid', 'parallel_slow_ping'))
    const after = client.push('valid', 'ping')
    await clock.advance(slowPingMs)
    expect(answered()).toBeLessThanOrEqual(parallelMax + 1)
    expect(client.sent.some(([, ref]) => ref === refs.at(-1))).toBe(false)
    await clock.advance(slowPingMs)
    for (const ref of [...refs, after])
      expect(await client.replyTo(ref)).toEqual({ status: 'ok', response: { ping: 'pong' } })
    expect(answered()).toBe(parallelMax + 3)
  })

  it('ends a push that waits for room with the channel (PM-20)', async () => {
    const { clock, client, answered } = await opened()
    for (let n = 0; n < parallelMax + 5; n += 1) client.push('valid', 'parallel_slow_ping')
    await clock.advance(slowPingMs / 2)
    client.session.gone()
    await clock.advance(2 * slowPingMs)
    expect([answered(), clock.timerCount()]).toEqual([0, 0])
  })

  it('refuses one topic and crashes on every other, and each attempt counts once (PM-10, PM-16)', async () => {
    const { client, attempts } = await opened()
    expect(await client.join('invalid')).toEqual({ status: 'error', response: { reason: 'always fails' } })
    expect(await client.join('else')).toEqual({ status: 'error', response: { reason: 'join crashed' } })
    expect(attempts).toEqual(['StatsChannel success', 'StatsChannel fail', 'StatsChannel fail'])
  })

  it('ends parallel replies with the channel: none comes after it has left (PM-20)', async () => {
    const { clock, client } = await opened()
    const ref = client.push('valid', 'parallel_slow_ping')
    await clock.advance(slowPingMs / 2)
    await client.ask('valid', 'phx_leave')
    await clock.advance(0)
    expect(clock.timerCount()).toBe(0)
    await clock.advance(slowPingMs)
    expect(client.sent.filter(([, replied]) => replied === ref)).toEqual([])
  })

  it('measures each ping as stats_channel.ping, and slow ones not at all (PM-11)', async () => {
    const measured: string[] = []
    const { clock, client } = await opened({
      ...noMetrics,
      measure(name, work) {
        measured.push(name)
        return work()
      },
    })
    for (const event of ['ping', 'slow_ping', 'parallel_slow_ping', 'ping']) client.push('valid', event)
    await clock.advance(slowPingMs * 2)
    expect(measured).toEqual(['stats_channel.ping', 'stats_channel.ping'])
  })
})
