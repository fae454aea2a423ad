import { Toxiproxy } from 'toxiproxy-node-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Bench, openBench, receive, took } from './bench.ts'

let bench: Bench
let toxiproxy: Toxiproxy
beforeEach(async () => {
  bench = await openBench()
  toxiproxy = new Toxiproxy(bench.apiUrl)
})
afterEach(() => bench.close())

const spec = (name: string) => ({ name, listen: 'localhost:0', upstream: bench.upstream })

describe('the official Node client', () => {
  it('creates, finds, lists, updates and removes proxies', async () => {
    const proxy = await toxiproxy.createProxy(spec('mine'))
    expect((await toxiproxy.get('mine')).listen).toBe(proxy.listen)
    expect(Object.keys(await toxiproxy.getAll())).toEqual(['echo', 'mine'])
    const off = await proxy.update({ enabled: false, listen: proxy.listen, upstream: proxy.upstream })
    expect(off.enabled).toBe(false)
    await proxy.remove()
    await expect(toxiproxy.get('mine')).rejects.toThrow()
  })

  it('is told of a name that is taken', async () => {
    await expect(toxiproxy.createProxy(spec('echo'))).rejects.toThrow()
  })

  it('populates', async () => {
    expect(Object.keys(await toxiproxy.populate([spec('one'), spec('two')]))).toEqual(['one', 'two'])
  })

  it('adds, reads, updates and removes toxics, which are felt (FI-4)', async () => {
    const proxy = await toxiproxy.get('echo')
    const toxic = await proxy.addToxic({
      name: 'late',
      type: 'latency',
      stream: 'upstream',
      toxicity: 1,
      attributes: { latency: 120, jitter: 0 },
    })
    expect((await proxy.getToxic('late')).attributes).toEqual({ latency: 120, jitter: 0 })
    const client = await bench.dial()
    const trip = () =>
      took(() => {
        client.write('ping')
        return receive(client, 4)
      })
    expect((await trip()).ms).toBeGreaterThan(110)
    const changed = await toxic.update({ ...toxic.toJson(), attributes: { latency: 0, jitter: 0 } })
    expect(changed.attributes).toEqual({ latency: 0, jitter: 0 })
    expect((await trip()).ms).toBeLessThan(100)
    await changed.remove()
    await expect(proxy.getToxic('late')).rejects.toThrow()
  })

  it('resets, and reads the version', async () => {
    await toxiproxy.reset()
    expect(await toxiproxy.getVersion()).toContain('2.12.0')
  })
})
