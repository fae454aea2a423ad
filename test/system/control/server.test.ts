import { describe, expect, it } from 'vitest'
import { type ControlActions, createControl } from '../../../system/control/server.ts'

class UnknownId extends Error {
  override name = 'UnknownId'
}

function control(overrides: Partial<ControlActions> = {}) {
  const calls: unknown[][] = []
  const note = (...call: unknown[]) => void calls.push(call)
  const actions: ControlActions = {
    dropConnections: () => [],
    health: () => ({ node: 'n1' }),
    ready: () => ({ ready: true }),
    state: () => ({ node: 'n1' }),
    actors: () => [{ id: '1' }],
    killActor: ({ name }) => (name === 'known' ? '7' : undefined),
    release: async (id) => note('release', id),
    sell: async () => true,
    reduce: async (options) => {
      note('reduce', options)
      return 3
    },
    broadcast: (...call) => note('broadcast', ...call),
    notifyRelease: (id) => note('notifyRelease', id),
    notifyStock: () => 'no_change',
    skewClock: () => {},
    block: () => {},
    heapBytes: () => 4_000,
    tamper: () => {},
    delay: (...call) => note('delay', ...call),
    ...overrides,
  }
  const server = createControl({ secret: 'right', actions })
  const send = async (method: 'GET' | 'POST', url: string, payload?: object, secret = 'right') => {
    const headers = { authorization: `Bearer ${secret}` }
    const answer = await server.inject({ method, url, headers, ...(payload && { payload }) })
    return { status: answer.statusCode, body: answer.json() }
  }
  return { send, calls }
}

describe('the control port', () => {
  it('answers nobody without the secret', async () => {
    const { send, calls } = control()
    expect((await send('POST', '/release', { productId: 1 }, 'wrong')).status).toBe(401)
    expect((await send('GET', '/state', undefined, '')).status).toBe(401)
    expect(calls).toEqual([])
  })

  it('is not ready with 503', async () => {
    const { send } = control({ ready: () => ({ ready: false, database: false }) })
    expect(await send('GET', '/ready')).toEqual({ status: 503, body: { ready: false, database: false } })
  })

  it.each([
    ['/release', { productId: 'one' }, 'productId'],
    ['/release', {}, 'productId'],
    ['/sell', { itemId: 0 }, 'itemId'],
    ['/reduce', { unitsPerStep: -1 }, 'unitsPerStep'],
    ['/broadcast', { topic: 't', event: 'e', payload: 1 }, 'payload'],
    ['/notify/stock', { itemId: 1, availableCount: -1 }, 'availableCount'],
    ['/actors/kill', {}, 'expected an id or a name'],
    ['/delay', { handler: 'PingChannel.ping' }, 'delayMs'],
    ['/sell', { itemId: 1, extra: true }, 'extra'],
  ])('refuses POST %s %j and says why', async (url, body, why) => {
    const { send, calls } = control()
    const answer = await send('POST', url, body)
    expect(answer.status).toBe(400)
    expect(answer.body.error).toContain(why)
    expect(calls).toEqual([])
  })

  it('sells, and says 409 when there is nothing left (ST-18)', async () => {
    expect(await control().send('POST', '/sell', { itemId: 1 })).toEqual({ status: 200, body: { ok: true } })
    const empty = control({ sell: async () => false })
    expect(await empty.send('POST', '/sell', { itemId: 1 })).toEqual({ status: 409, body: { error: 'out_of_stock' } })
  })

  it('tells an unknown id from a failure (AT-21)', async () => {
    const unknown = control({ release: () => Promise.reject(new UnknownId('there is no product 9')) })
    expect(await unknown.send('POST', '/release', { productId: 9 })).toMatchObject({ status: 404 })
    const down = control({ release: () => Promise.reject(new Error('connect ECONNREFUSED')) })
    expect(await down.send('POST', '/release', { productId: 1 })).toEqual({
      status: 503,
      body: { error: 'connect ECONNREFUSED' },
    })
  })

  it('kills a known actor and no other (FI-1)', async () => {
    const { send } = control()
    expect(await send('POST', '/actors/kill', { name: 'known' })).toEqual({ status: 200, body: { killedId: '7' } })
    expect((await send('POST', '/actors/kill', { name: 'nobody' })).status).toBe(404)
  })

  it('passes on what it is told', async () => {
    const { send, calls } = control()
    expect((await send('POST', '/reduce', { unitsPerStep: 5, delayMs: 1 })).body).toEqual({ ok: true, sold: 3 })
    await send('POST', '/broadcast', { topic: 't', event: 'e', payload: { a: 1 } })
    await send('POST', '/delay', { handler: 'PingChannel.ping', delayMs: 0 })
    expect((await send('POST', '/notify/release', { productId: 1 })).body).toEqual({ ok: true, result: 'broadcast' })
    expect((await send('POST', '/notify/stock', { itemId: 1, availableCount: 0 })).body.result).toBe('no_change')
    expect(calls).toEqual([
      ['reduce', { unitsPerStep: 5, delayMs: 1 }],
      ['broadcast', 't', 'e', { a: 1 }],
      ['delay', 'PingChannel.ping', 0],
      ['notifyRelease', 1],
    ])
  })

  it('tells what the node holds', async () => {
    expect(await control().send('POST', '/memory', {})).toEqual({ status: 200, body: { heapBytes: 4_000 } })
  })
})
