import { readFileSync, writeFileSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ActionRefused, controlAction } from '../../../system/control/action.ts'
import { type ControlActions, createControl } from '../../../system/control/server.ts'

class UnknownId extends Error {
  override name = 'UnknownId'
}

/** What an application adds: it fails as it is told. */
const failing = (error?: Error) =>
  controlAction(['/feed', 'Feeds a tank.'], z.strictObject({ tankId: z.number().int().positive() }), async () => {
    if (error) throw error
    return { ok: true, fed: 3 }
  })

function control(overrides: Partial<ControlActions> = {}, failure?: Error) {
  const calls: unknown[][] = []
  const note = (...call: unknown[]) => void calls.push(call)
  const actions: ControlActions = {
    dropConnections: (topic) => (topic === 'known' ? ['3'] : []),
    shed: (order) => ('count' in order ? order.count : 5),
    health: () => ({ node: 'n1' }),
    ready: () => ({ ready: true }),
    state: () => ({ node: 'n1' }),
    actors: () => [{ id: '1' }],
    killActor: ({ name }) => (name === 'known' ? '7' : undefined),
    broadcast: (...call) => note('broadcast', ...call),
    skewClock: (...call) => note('skewClock', ...call),
    block: () => {},
    memory: () => ({ heapBytes: 6_000, rssBytes: 9_000 }),
    collect: () => ({ beforeBytes: 6_000, heapBytes: 4_000, tookMs: 3 }),
    tamper: (...call) => note('tamper', ...call),
    delay: (...call) => note('delay', ...call),
    ...overrides,
  }
  const server = createControl({ secret: 'right', actions, more: [failing(failure)] })
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
    expect((await send('POST', '/feed', { tankId: 1 }, 'wrong')).status).toBe(401)
    expect((await send('GET', '/state', undefined, '')).status).toBe(401)
    expect(calls).toEqual([])
  })

  it('is not ready with 503', async () => {
    const { send } = control({ ready: () => ({ ready: false, database: false }) })
    expect(await send('GET', '/ready')).toEqual({ status: 503, body: { ready: false, database: false } })
  })

  it.each([
    ['/broadcast', { topic: 't', event: 'e', payload: 1 }, 'payload'],
    ['/actors/kill', {}, 'expected an id or a name'],
    ['/delay', { handler: 'PingChannel.ping' }, 'delayMs'],
    ['/clock', { skewMs: 1, extra: true }, 'extra'],
    ['/connections/drop', {}, 'topic'],
    ['/feed', { tankId: 0 }, 'tankId'],
    ['/feed', {}, 'tankId'],
  ])('refuses POST %s %j and says why', async (url, body, why) => {
    const { send, calls } = control()
    const answer = await send('POST', url, body)
    expect(answer.status).toBe(400)
    expect(answer.body.error).toContain(why)
    expect(calls).toEqual([])
  })

  it('does what an application adds', async () => {
    expect(await control().send('POST', '/feed', { tankId: 1 })).toEqual({ status: 200, body: { ok: true, fed: 3 } })
  })

  it.each([
    ['a refusal', new ActionRefused(409, 'out_of_food'), 409],
    ['an unknown id', new UnknownId('there is no tank 1'), 404],
    ['a failure', new Error('connect ECONNREFUSED'), 503],
  ])('tells %s from the others (AT-21)', async (_what, error, status) => {
    const answer = await control({}, error).send('POST', '/feed', { tankId: 1 })
    expect(answer).toEqual({ status, body: { error: error.message } })
  })

  it('breaks connections of a topic, and says when there is none', async () => {
    const { send } = control()
    expect(await send('POST', '/connections/drop', { topic: 'known' })).toEqual({
      status: 200,
      body: { droppedIds: ['3'] },
    })
    expect((await send('POST', '/connections/drop', { topic: 'empty' })).status).toBe(404)
  })

  it('kills a known actor and no other (FI-1)', async () => {
    const { send } = control()
    expect(await send('POST', '/actors/kill', { name: 'known' })).toEqual({ status: 200, body: { killedId: '7' } })
    expect((await send('POST', '/actors/kill', { name: 'nobody' })).status).toBe(404)
  })

  it('passes on what it is told', async () => {
    const { send, calls } = control()
    const rules = [{ topics: ['cart:'], effect: 'drop', delayMs: 1 }]
    await send('POST', '/broadcast', { topic: 't', event: 'e', payload: { a: 1 } })
    await send('POST', '/delay', { handler: 'PingChannel.ping', delayMs: 0 })
    await send('POST', '/clock', { skewMs: -5_000 })
    await send('POST', '/messages', { rules })
    expect(calls).toEqual([
      ['broadcast', 't', 'e', { a: 1 }],
      ['delay', 'PingChannel.ping', 0],
      ['skewClock', -5_000],
      ['tamper', rules],
    ])
  })

  it('tells what the node holds, with its garbage and after collecting it (RT-67)', async () => {
    const { send } = control()
    expect((await send('GET', '/memory')).body).toEqual({ heapBytes: 6_000, rssBytes: 9_000 })
    const collected = { beforeBytes: 6_000, heapBytes: 4_000, tookMs: 3 }
    expect(await send('POST', '/memory', {})).toEqual({ status: 200, body: collected })
  })
})

describe('the description of the control API', () => {
  const copy = 'docs/schema/control-api.openapi.json'
  /** The copy holds what every node offers; an application adds its own actions. */
  async function served() {
    const actions = { dropConnections: () => [] } as unknown as ControlActions
    const server = createControl({ secret: 'right', actions })
    const answer = await server.inject({ url: '/openapi.json', headers: { authorization: 'Bearer right' } })
    return answer.json()
  }

  it('is valid OpenAPI, as its own validator has it', async () => {
    expect(await new Validator().validate(await served())).toEqual({ valid: true })
  })

  it('names what an application adds, with the shape of its body', async () => {
    const { body } = await control().send('GET', '/openapi.json')
    expect(body.paths['/feed'].post.summary).toBe('Feeds a tank.')
    expect(body.paths['/feed'].post.requestBody.content['application/json'].schema).toMatchObject({
      required: ['tankId'],
    })
  })

  it('stands in docs/schema/ for those who do not run a node (UPDATE=1 writes it)', async () => {
    const text = `${JSON.stringify(await served(), null, 2)}\n`
    if (process.env.UPDATE) writeFileSync(copy, text)
    expect(JSON.parse(readFileSync(copy, 'utf8'))).toEqual(JSON.parse(text))
  })
})
