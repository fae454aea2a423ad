import { createConnection } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../harness/platform/clock.ts'
import { until } from '../../../harness/platform/until.ts'
import { type Bench, endOf, numbered, openBench, receive, took } from './bench.ts'

let bench: Bench
beforeEach(async () => {
  bench = await openBench()
})
afterEach(() => bench.close())

describe('toxics on live connections', () => {
  it('take effect and are lifted again (FI-4)', async () => {
    const client = await bench.dial()
    const trip = () =>
      took(() => {
        client.write('ping')
        return receive(client, 4)
      })
    await trip()
    await bench.toxic({ type: 'latency', attributes: { latency: 150 } })
    expect((await trip()).ms).toBeGreaterThan(140)
    await bench.change('latency_downstream', { attributes: { latency: 0 } })
    expect((await trip()).ms).toBeLessThan(120)
    await bench.remove('latency_downstream')
    expect((await trip()).ms).toBeLessThan(120)
  })

  it.each([
    ['latency', { latency: 60_000 }],
    ['bandwidth', { rate: 0 }],
    ['slicer', { average_size: 10, delay: 10_000_000 }],
  ])('lets go of what %s held when it is removed: nothing that was read is lost', async (type, attributes) => {
    await bench.toxic({ type, name: 'holding', attributes })
    const client = await bench.dial()
    client.write(numbered(40_000))
    await systemClock.sleep(50)
    const arrived = receive(client, 40_000)
    await bench.remove('holding')
    expect((await arrived).equals(numbered(40_000))).toBe(true)
  })

  it('lets go of the end that slow_close held', async () => {
    await bench.toxic({ type: 'slow_close', attributes: { delay: 60_000 } })
    const client = await bench.dial()
    client.end()
    await systemClock.sleep(50)
    const ended = endOf(client)
    await bench.remove('slow_close_downstream')
    expect(await ended).toBe('closed')
  })

  it('leaves alone what another toxic holds', async () => {
    await bench.toxic({ type: 'latency', name: 'long', attributes: { latency: 300 } })
    const client = await bench.dial()
    const trip = took(() => {
      client.write('ping')
      return receive(client, 4)
    })
    await systemClock.sleep(30)
    await bench.toxic({ type: 'noop' })
    await bench.remove('noop_downstream')
    expect((await trip).ms).toBeGreaterThan(290)
  })

  it('keeps every byte of a stream while toxics come and go', async () => {
    const client = await bench.dial()
    const size = 6_000_000
    const arrived = receive(client, size)
    client.write(numbered(size))
    for (let round = 0; round < 25; round += 1) {
      await bench.toxic({ type: 'latency', name: 'a', attributes: { latency: 5, jitter: 5 } })
      await bench.toxic({ type: 'slicer', name: 'b', attributes: { average_size: 9_000, size_variation: 900 } })
      await bench.toxic({ type: 'bandwidth', name: 'c', attributes: { rate: 20_000 } })
      for (const name of round % 2 ? ['a', 'b', 'c'] : ['c', 'b', 'a']) await bench.remove(name)
    }
    expect((await arrived).equals(numbered(size))).toBe(true)
  })

  it('survive 200 connections that come, talk and go meanwhile', async () => {
    let busy = true
    const changes = (async () => {
      while (busy) {
        await bench.toxic({ type: 'latency', attributes: { latency: 10 } })
        await bench.remove('latency_downstream')
      }
    })()
    const talk = async (i: number) => {
      const client = await bench.dial()
      client.write(numbered(4_000))
      if (i % 4 === 0) return void client.destroy()
      expect((await receive(client, 4_000)).equals(numbered(4_000))).toBe(true)
      client.end()
    }
    await Promise.all(Array.from({ length: 200 }, (_, i) => talk(i)))
    busy = false
    await changes
    await until(async () => bench.echoConnections.size === 0, {
      what: 'every connection is gone',
      withinMs: 5_000,
      clock: systemClock,
    })
  })
})

describe('a proxy', () => {
  const refused = (port: number) =>
    new Promise<boolean>((resolve) => {
      const socket = createConnection({ port, host: '127.0.0.1' })
      socket.once('connect', () => {
        socket.destroy()
        resolve(false)
      })
      socket.once('error', () => resolve(true))
    })

  it('that is disabled closes its connections, refuses new ones and comes back on the same port (FI-7)', async () => {
    const client = await bench.dial()
    client.write('ping')
    await receive(client, 4)
    const ended = endOf(client)
    await bench.call('POST', '/proxies/echo', { enabled: false })
    await ended
    expect(await refused(bench.port)).toBe(true)
    const { listen } = (await bench.call('POST', '/proxies/echo', { enabled: true })).body
    expect(listen).toBe(`127.0.0.1:${bench.port}`)
    expect(await refused(bench.port)).toBe(false)
  })

  it('whose upstream changes closes its connections and dials the other one', async () => {
    const client = await bench.dial()
    const ended = endOf(client)
    await bench.call('POST', '/proxies/echo', { upstream: '127.0.0.1:1' })
    await ended
    const next = await bench.dial().then(endOf, () => 'reset')
    expect(['closed', 'reset']).toContain(next)
  })

  it('counts bytes while a connection is open (FI-4)', async () => {
    const client = await bench.dial()
    client.write(numbered(1_000))
    await receive(client, 1_000)
    const text = (await bench.call('GET', '/metrics')).body as string
    for (const direction of ['upstream', 'downstream'])
      for (const kind of ['received', 'sent'])
        expect(text).toMatch(
          new RegExp(`${kind}_bytes_total\\{direction="${direction}",listener="[^"]+",proxy="echo",[^}]+\\} 1000\\n`),
        )
  })

  it('is opened once when two ask for it at the same time', async () => {
    const spec = { name: 'twin', listen: '127.0.0.1:0', upstream: bench.upstream }
    const replies = await Promise.all(Array.from({ length: 8 }, () => bench.call('POST', '/proxies', spec)))
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409])
  })

  it('leaves no listener and no connection when the server closes', async () => {
    const client = await bench.dial()
    await bench.toxic({ type: 'timeout', attributes: { timeout: 60_000 } })
    client.write('held')
    const ended = endOf(client)
    await bench.close()
    await ended
    expect(await refused(bench.port)).toBe(true)
    expect(await refused(Number(new URL(bench.apiUrl).port))).toBe(true)
  })
})
