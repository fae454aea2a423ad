import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { StopSignal } from '../../../harness/platform/interruption.ts'
import { squall } from './support.ts'

/** The command, until it is stopped; `address` is what it printed. */
async function startProxy(words: string[] = []) {
  const printed = Promise.withResolvers<string>()
  const stop = Promise.withResolvers<(signal: StopSignal) => void>()
  const ended = squall(['proxy', '--port', '0', ...words], {
    out: printed.resolve,
    interruption: { by: () => undefined, onStop: stop.resolve },
  })
  const text = await printed.promise
  return { text, address: text.split(' ')[0]!, ended, stop: await stop.promise }
}

describe('squall proxy', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('prints its address, serves the API, and ends at %s with %i', async (signal, code) => {
    const { text, address, ended, stop } = await startProxy()
    expect(text).toMatch(/^http:\/\/127\.0\.0\.1:\d+ {3}\(Toxiproxy API\)\nCtrl-C ends it\.\n$/)
    const body = JSON.stringify({ name: 'mine', listen: '127.0.0.1:0', upstream: '127.0.0.1:1' })
    expect((await fetch(`${address}/proxies`, { method: 'POST', body })).status).toBe(201)
    stop(signal)
    expect(await ended).toMatchObject({ code, err: '' })
    await expect(fetch(`${address}/version`)).rejects.toThrow()
  })

  it('says in one sentence that its port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const { code, out, err } = await squall(['proxy', '--port', String(port)])
    other.close()
    const sentence = `squall: port ${port} is in use; end what listens there, or choose another one with --port\n`
    expect({ code, out, err }).toEqual({ code: 69, out: '', err: sentence })
  })
})
