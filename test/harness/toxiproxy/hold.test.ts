import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../harness/platform/clock.ts'
import { unmasked } from '../../../harness/toxiproxy/toxics/unmasked.ts'
import { type Bench, isSilentFor, openBench, receive } from './bench.ts'

let bench: Bench
beforeEach(async () => {
  bench = await openBench()
})
afterEach(() => bench.close())

const holds = (text: string, stream = 'upstream') =>
  bench.toxic({ name: 'point', type: 'hold', stream, attributes: { text } })

const heldBytes = async () => {
  const { body } = await bench.call('GET', '/metrics')
  const bytes = (kind: string) =>
    Number(new RegExp(`${kind}_bytes_total\\{direction="upstream"[^}]*\\} (\\d+)`).exec(body)![1])
  return bytes('received') - bytes('sent')
}

describe('hold', () => {
  it('keeps what contains the text, and what follows it, and lets all of it go on when it is removed', async () => {
    await holds('commit')
    const client = await bench.dial()
    client.write('begin;')
    expect((await receive(client, 6)).toString()).toBe('begin;')
    client.write('xcommity')
    expect(await isSilentFor(client, 100)).toBe(true)
    client.write('more')
    await systemClock.sleep(50)
    expect(await heldBytes()).toBe(12)
    await bench.remove('point')
    expect((await receive(client, 12)).toString()).toBe('xcommitymore')
  })

  it('keeps what is on its way back', async () => {
    await holds('commit', 'downstream')
    const client = await bench.dial()
    client.write('commit')
    expect(await isSilentFor(client, 100)).toBe(true)
    expect(await heldBytes()).toBe(0)
  })

  it('keeps one connection only, the first', async () => {
    await holds('commit')
    const [first, second] = [await bench.dial(), await bench.dial()]
    first.write('commit')
    expect(await isSilentFor(first, 50)).toBe(true)
    second.write('commit')
    expect((await receive(second, 6)).toString()).toBe('commit')
  })

  it('reads text that an API client changed, and refuses a number', async () => {
    await holds('commit')
    expect((await bench.change('point', { attributes: { text: 'abort' } })).body.attributes).toEqual({ text: 'abort' })
    expect((await bench.change('point', { attributes: { text: 5 } })).status).toBe(400)
  })

  it('passes on what was held when its client has ended, as a network does', async () => {
    await holds('commit')
    const client = await bench.dial()
    client.end('commit')
    expect(await isSilentFor(client, 100)).toBe(true)
    await bench.remove('point')
    expect((await receive(client)).toString()).toBe('commit')
  })
})

describe('frames of a client', () => {
  const mask = [1, 2, 3, 4]
  const frame = (text: string, first = 0x81) => {
    const payload = Buffer.from(text).map((byte, index) => byte ^ mask[index % 4]!)
    const size = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 255]
    return Buffer.from([first, size[0]! | 0x80, ...size.slice(1), ...mask, ...payload])
  }

  it.each([
    ['one', [frame('hello')], 'hello'],
    ['several', [frame('beat'), frame('{"topic":1}')], 'beat{"topic":1}'],
    ['a long one', [frame('x'.repeat(300))], 'x'.repeat(300)],
    ['an empty one', [frame('')], ''],
  ])('%s', (_what, frames, text) => expect(unmasked(Buffer.concat(frames)).toString()).toBe(text))

  it.each([
    ['text', 'commit'],
    ['a request', 'GET / HTTP/1.1\r\n\r\n'],
    ['a frame that is not masked', '\x81\x02hi'],
    ['the beginning of a frame', frame('hello').subarray(0, 6).toString('latin1')],
    ['nothing', ''],
  ])('leaves %s as it is', (_what, text) => {
    const data = Buffer.from(text, 'latin1')
    expect(unmasked(data).equals(data)).toBe(true)
  })

  it('are held by what they say', async () => {
    await holds('item_sold')
    const client = await bench.dial()
    client.write(frame('beat'))
    expect(await receive(client, 10)).toHaveLength(10)
    client.write(frame('{"event":"item_sold"}'))
    expect(await isSilentFor(client, 100)).toBe(true)
  })
})
