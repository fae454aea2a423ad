import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../harness/platform/clock.ts'
import { slicer } from '../../../harness/toxiproxy/toxics/slicer.ts'
import { type Bench, endOf, isSilentFor, numbered, openBench, receive, took } from './bench.ts'

let bench: Bench
beforeEach(async () => {
  bench = await openBench()
})
afterEach(() => bench.close())

const roundTrip = async (size = 4) => {
  const client = await bench.dial()
  return took(() => {
    client.write(numbered(size))
    return receive(client, size)
  })
}

/** Bounds are wide on the late side: the machine may be busy. Never early. */
const expectAbout = (ms: number, atLeastMs: number) => {
  expect(ms).toBeGreaterThan(atLeastMs - 10)
  expect(ms).toBeLessThan(atLeastMs + 2_000)
}

describe('a link without toxics', () => {
  it('carries everything, in order, both ways (FI-3)', async () => {
    const { value } = await roundTrip(8_000_000)
    expect(value.equals(numbered(8_000_000))).toBe(true)
  })

  it('lets one side end and still answer', async () => {
    const client = await bench.dial()
    client.end('last words')
    expect((await receive(client)).toString()).toBe('last words')
  })
})

describe('latency (FI-4)', () => {
  it('delays one direction', async () => {
    await bench.toxic({ type: 'latency', attributes: { latency: 150 } })
    expectAbout((await roundTrip()).ms, 150)
  })

  it('adds up over several toxics', async () => {
    for (const name of ['one', 'two']) await bench.toxic({ type: 'latency', name, attributes: { latency: 150 } })
    expectAbout((await roundTrip()).ms, 300)
  })

  it('is never early', async () => {
    await bench.toxic({ type: 'latency', attributes: { latency: 5 } })
    const client = await bench.dial()
    for (let i = 0; i < 100; i += 1) {
      const { ms } = await took(() => {
        client.write('ping')
        return receive(client, 4)
      })
      expect(ms).toBeGreaterThanOrEqual(5)
    }
  })

  it('adds up for what is sent while earlier data is still delayed', async () => {
    for (const name of ['one', 'two']) await bench.toxic({ type: 'latency', name, attributes: { latency: 150 } })
    const client = await bench.dial()
    client.write(numbered(4))
    await systemClock.sleep(100)
    const { ms } = await took(() => {
      client.write(numbered(4))
      return receive(client, 8)
    })
    expectAbout(ms, 300)
  })

  it('delays a stream and does not slow it down', async () => {
    await bench.toxic({ type: 'latency', attributes: { latency: 150 } })
    const { ms, value } = await roundTrip(4_000_000)
    expectAbout(ms, 150)
    expect(value.equals(numbered(4_000_000))).toBe(true)
  })

  it('keeps the order under jitter', async () => {
    await bench.toxic({ type: 'latency', attributes: { latency: 20, jitter: 20 } })
    const client = await bench.dial()
    const arrived = receive(client, 400)
    for (let i = 0; i < 100; i += 1) client.write(numbered(400).subarray(i * 4, i * 4 + 4))
    expect((await arrived).equals(numbered(400))).toBe(true)
  })
})

describe('bandwidth (FI-4)', () => {
  it('lets so many KB through each second', async () => {
    await bench.toxic({ type: 'bandwidth', stream: 'upstream', attributes: { rate: 1_000 } })
    const { ms, value } = await roundTrip(300_000)
    expectAbout(ms, 300)
    expect(value.equals(numbered(300_000))).toBe(true)
  })

  it('gives no credit for the time before the data', async () => {
    await bench.toxic({ type: 'bandwidth', stream: 'upstream', attributes: { rate: 1_000 } })
    const { ms } = await roundTrip(480_000)
    expect(ms).toBeGreaterThanOrEqual(480)
  })

  it('holds for small messages with pauses between them', async () => {
    await bench.toxic({ type: 'bandwidth', stream: 'upstream', attributes: { rate: 1 } })
    const client = await bench.dial()
    let waitedMs = 0
    for (let i = 0; i < 10; i += 1) {
      await systemClock.sleep(35)
      const { ms } = await took(() => {
        client.write('fifteen bytes !')
        return receive(client, 15)
      })
      waitedMs += ms
    }
    // A late timer shortens the next wait, so the sum is held and not each.
    expect(waitedMs).toBeGreaterThanOrEqual(150)
  })

  it('forgets a debt that belongs to another rate', async () => {
    await bench.toxic({ type: 'bandwidth', stream: 'upstream', attributes: { rate: 0 } })
    const client = await bench.dial()
    client.write(numbered(400))
    await systemClock.sleep(20)
    await bench.change('bandwidth_upstream', { attributes: { rate: 1 } })
    client.write(numbered(100))
    expectAbout((await took(() => receive(client, 500))).ms, 100)
  })

  it('with 0 makes the sender wait instead of growing without bound', async () => {
    await bench.toxic({ type: 'bandwidth', stream: 'upstream', attributes: { rate: 0 } })
    const client = await bench.dial()
    for (let i = 0; i < 64; i += 1) client.write(Buffer.alloc(1_000_000))
    expect(await isSilentFor(client, 200)).toBe(true)
    expect(client.writableLength).toBeGreaterThan(30_000_000)
  })
})

describe('slow_close', () => {
  it('delays the end, not the data', async () => {
    await bench.toxic({ type: 'slow_close', attributes: { delay: 200 } })
    const client = await bench.dial()
    client.end('data')
    expect((await took(() => receive(client, 4))).ms).toBeLessThan(150)
    expectAbout((await took(() => endOf(client))).ms, 150)
  })
})

describe('timeout (FI-3)', () => {
  it('with 0 is a black hole: nothing arrives, nothing is closed', async () => {
    await bench.toxic({ type: 'timeout', attributes: { timeout: 0 } })
    const client = await bench.dial()
    client.write('lost')
    expect(await isSilentFor(client, 200)).toBe(true)
    expect(client.readyState).toBe('open')
  })

  it('closes when no data came for so long', async () => {
    await bench.toxic({ type: 'timeout', attributes: { timeout: 150 } })
    const client = await bench.dial()
    const { ms, value } = await took(() => endOf(client))
    expectAbout(ms, 140)
    expect(value).toBe('closed')
  })

  it('is not hurried by another toxic', async () => {
    await bench.toxic({ type: 'timeout', attributes: { timeout: 400 } })
    const client = await bench.dial()
    const ended = took(() => endOf(client))
    await bench.toxic({ type: 'latency', attributes: { latency: 5 } })
    expect((await ended).ms).toBeGreaterThan(350)
  })

  it('closes its connections when it is removed, and lets new ones through', async () => {
    await bench.toxic({ type: 'timeout', attributes: { timeout: 0 } })
    const client = await bench.dial()
    await systemClock.sleep(20)
    const ended = endOf(client)
    await bench.remove('timeout_downstream')
    expect(await ended).toBe('closed')
    expect((await roundTrip()).value).toEqual(numbered(4))
  })
})

describe('reset_peer (FI-3)', () => {
  it('resets a live connection after so long', async () => {
    const client = await bench.dial()
    await systemClock.sleep(20)
    await bench.toxic({ type: 'reset_peer', attributes: { timeout: 100 } })
    const { ms, value } = await took(() => endOf(client))
    expect(ms).toBeLessThan(500)
    expect(value).toBe('reset')
  })

  it('resets new connections at once', async () => {
    await bench.toxic({ type: 'reset_peer', attributes: { timeout: 0 } })
    const outcome = await bench.dial().then(endOf, () => 'reset')
    expect(outcome).toBe('reset')
  })
})

describe('slicer', () => {
  it('cuts into pieces about so large, so far apart, and loses none', async () => {
    await bench.toxic({ type: 'slicer', attributes: { average_size: 100, size_variation: 20, delay: 2_000 } })
    const client = await bench.dial()
    const sizes: number[] = []
    client.on('data', ({ length }) => sizes.push(length))
    const arrived = receive(client, 2_000)
    client.write(numbered(2_000))
    expect((await arrived).equals(numbered(2_000))).toBe(true)
    expect(sizes.length).toBeGreaterThan(5)
  })

  it.each([
    [100, 0.1],
    [1_500, 1.5],
  ])('waits %i microseconds, and not whole milliseconds', async (delay, delayMs) => {
    const waitsMs: number[] = []
    const stage = { random: () => 0.5, pass: async () => {}, waitExactly: async (ms: number) => waitsMs.push(ms) > 0 }
    await slicer.pipe!({ data: numbered(400), readMs: 0 }, { average_size: 100, delay }, stage as never)
    expect(waitsMs).toEqual([delayMs, delayMs, delayMs, delayMs])
  })

  it('with a delay of 0.1 ms takes no whole millisecond for each piece', async () => {
    await bench.toxic({ type: 'slicer', attributes: { average_size: 10, delay: 100 } })
    const trips = [await roundTrip(4_000), await roundTrip(4_000), await roundTrip(4_000)]
    const quickestMs = Math.min(...trips.map(({ ms }) => ms))
    expect(quickestMs).toBeGreaterThanOrEqual(39.9)
    expect(quickestMs).toBeLessThan(390)
  })

  it('without a size leaves data whole', async () => {
    await bench.toxic({ type: 'slicer' })
    expect((await roundTrip(40_000)).value).toHaveLength(40_000)
  })
})

describe('limit_data', () => {
  it('delivers so many bytes, the delayed ones too, then closes', async () => {
    await bench.toxic({ type: 'limit_data', attributes: { bytes: 1_000 } })
    await bench.toxic({ type: 'latency', attributes: { latency: 100 } })
    const client = await bench.dial()
    client.write(numbered(5_000))
    const { ms, value } = await took(() => receive(client))
    expect(value.equals(numbered(5_000).subarray(0, 1_000))).toBe(true)
    expect(ms).toBeGreaterThan(90)
  })

  it('counts what went through before a change', async () => {
    await bench.toxic({ type: 'limit_data', attributes: { bytes: 1_000 } })
    const client = await bench.dial()
    client.write(numbered(400))
    await receive(client, 400)
    await bench.change('limit_data_downstream', { attributes: { bytes: 600 } })
    client.write(numbered(400))
    expect(await receive(client)).toHaveLength(200)
  })
})

describe('toxicity', () => {
  it('is drawn once for each connection', async () => {
    await bench.toxic({ type: 'latency', toxicity: 0.5, attributes: { latency: 600 } })
    const tripsOf = async () => {
      const client = await bench.dial()
      const areSlow: boolean[] = []
      for (let i = 0; i < 3; i += 1) {
        client.write('ping')
        areSlow.push((await took(() => receive(client, 4))).ms > 550)
      }
      return areSlow
    }
    const all = await Promise.all(Array.from({ length: 30 }, tripsOf))
    for (const areSlow of all) expect(areSlow).toEqual(areSlow.map(() => areSlow[0]))
    const slow = all.filter(([first]) => first).length
    expect(slow).toBeGreaterThan(4)
    expect(slow).toBeLessThan(26)
  })

  it('with 0 never applies', async () => {
    await bench.toxic({ type: 'timeout', toxicity: 0 })
    expect((await roundTrip()).value).toEqual(numbered(4))
  })
})
