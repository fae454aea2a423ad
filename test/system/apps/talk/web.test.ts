import { fastify } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { createApiCache } from '../../../../system/apps/talk/api-cache.ts'
import { createSeats } from '../../../../system/apps/talk/seats.ts'
import { createStubs } from '../../../../system/apps/talk/stubs.ts'
import { talkRoutes } from '../../../../system/apps/talk/web.ts'
import { ActorExited, ChildRefused, TaskTimeout } from '../../../../system/runtime/index.ts'
import { startDashboard } from './support.ts'

let one: Awaited<ReturnType<typeof startDashboard>> | undefined
afterEach(() => one?.bench.stop())

/** The routes on the dashboard, the seats and the cache as they are, and on exports and jobs that answer as the test says. */
async function startWeb(
  parts: { exports?: object; addJob?: () => Promise<string>; jobOf?: () => Promise<undefined> } = {},
) {
  one = await startDashboard()
  const { bench, dashboard } = one
  const rates = createStubs(bench.clock, { rates: 0 })
  const cache = createApiCache({ ...bench, fetch: () => rates.call('rates'), validMs: 60_000 })
  const seats = createSeats({ runtime: bench.runtime, total: 3 })
  await bench.start(cache.child, seats.child)
  const web = fastify()
  talkRoutes(web, {
    heartbeatMs: 1_000,
    talk: {
      dashboard,
      cache,
      seats,
      addJob: async () => 'j1',
      jobOf: async () => undefined,
      exports: {},
      ...parts,
    } as never,
  })
  async function ask(method: 'GET' | 'POST', url: string, payload?: object) {
    const asked = web.inject({ method, url, ...(payload && { payload }) })
    await bench.clock.advance(12_000)
    const { statusCode: status, body, headers } = await asked
    const isJson = String(headers['content-type']).startsWith('application/json')
    return { status, body: isJson ? JSON.parse(body) : body }
  }
  return { ask, rates }
}

describe('the dashboard over HTTP', () => {
  it('answers 200 with a placeholder in parallel, and 500 one after the other (RT-40)', async () => {
    const { ask } = await startWeb()
    expect(await ask('GET', '/talk/parallel?fail=slow')).toMatchObject({
      status: 200,
      body: { compute: { value: 1 }, slow: { error: 'unavailable' }, also_slow: { value: 1 } },
    })
    expect((await ask('GET', '/talk/serial?fail=slow')).status).toBe(500)
    expect((await ask('GET', '/talk/parallel?slow_ms=6000')).body).toMatchObject({ slow: { error: 'unavailable' } })
  })

  it('has each part for a browser that puts the page together (RT-48)', async () => {
    const { ask } = await startWeb()
    expect(await ask('GET', '/talk/parts/also_slow')).toEqual({ status: 200, body: { value: 1 } })
    expect((await ask('GET', '/talk/parts/other')).status).toBe(404)
  })

  it.each(['/talk/parallel?fail=nothing', '/talk/serial?slow_ms=-1', '/talk/parts/slow?slow_ms=99999999'])(
    'refuses %s',
    async (url) => {
      const { ask } = await startWeb()
      expect(await ask('GET', url)).toEqual({
        status: 400,
        body: { error: expect.stringMatching(/^(fail|slow_ms): /) },
      })
    },
  )
})

describe('exports over HTTP (RT-41)', () => {
  it('answers 202 with the id and the topic', async () => {
    const { ask } = await startWeb({ exports: { start: async () => 'e1' } })
    const answer = { status: 202, body: { id: 'e1', topic: 'export:e1' } }
    expect(await ask('POST', '/talk/exports')).toEqual(answer)
    expect(await ask('POST', '/talk/exports', { format: 'json' })).toEqual(answer)
    expect((await ask('POST', '/talk/exports', { format: 'xls' })).status).toBe(400)
  })

  it('answers 504 for one within its request that takes too long', async () => {
    const withinRequest = () => Promise.reject(new TaskTimeout('no result within 4000 ms'))
    const { ask } = await startWeb({ exports: { withinRequest } })
    expect(await ask('POST', '/talk/exports/now')).toEqual({
      status: 504,
      body: { error: 'it takes too long for a request' },
    })
  })

  it('serves a file under its own format only', async () => {
    const { ask } = await startWeb({ exports: { content: async () => ({ format: 'csv', content: 'id\r\n' }) } })
    expect(await ask('GET', '/talk/exports/e1.csv')).toEqual({ status: 200, body: 'id\r\n' })
    expect((await ask('GET', '/talk/exports/e1.json')).status).toBe(404)
  })
})

describe('what does not answer', () => {
  it.each([
    ['a part of the node', new ActorExited('the cache ended', { kind: 'killed' })],
    ['a supervisor that is full', new ChildRefused('max_children', 'Talk.Exports holds 100 children, its most')],
    ['the database that is down', Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' })],
    ['the database that ends', Object.assign(new Error('terminating connection'), { code: '57P01' })],
    ['the database that hangs', new Error('Query read timeout')],
  ])('is a 503: %s', async (_title, error) => {
    const { ask } = await startWeb({ addJob: () => Promise.reject(error) })
    expect((await ask('POST', '/talk/jobs')).status).toBe(503)
  })

  it('is a 500 where the node is wrong', async () => {
    const wrong = Object.assign(new Error('column does not exist'), { code: '42703' })
    const { ask } = await startWeb({ addJob: () => Promise.reject(wrong) })
    expect((await ask('POST', '/talk/jobs')).status).toBe(500)
  })
})

describe('jobs, seats and rates over HTTP', () => {
  it('takes a job with a priority from 0 to 9, and does not know one that is not there (RT-79)', async () => {
    const { ask } = await startWeb()
    expect(await ask('POST', '/talk/jobs', { priority: 9 })).toEqual({ status: 202, body: { id: 'j1' } })
    expect((await ask('POST', '/talk/jobs', { priority: 10 })).status).toBe(400)
    expect(await ask('GET', '/talk/jobs/j7')).toEqual({ status: 404, body: { error: 'unknown_job' } })
  })

  it('answers 409 when the seats are gone (RT-44)', async () => {
    const { ask } = await startWeb()
    expect(await ask('POST', '/talk/seats', { seats: 2 })).toEqual({ status: 200, body: { taken: true, left: 1 } })
    expect(await ask('POST', '/talk/seats', { seats: 2 })).toEqual({ status: 409, body: { taken: false, left: 1 } })
    expect((await ask('POST', '/talk/seats', { seats: 0 })).status).toBe(400)
  })

  it('answers with the rates, and 503 while the API fails and there are none (RT-46)', async () => {
    const { ask, rates } = await startWeb()
    rates.set('rates', { fails: true })
    expect((await ask('GET', '/talk/rates')).status).toBe(503)
    rates.set('rates', { fails: false })
    expect(await ask('GET', '/talk/rates')).toEqual({ status: 200, body: { value: 2, ageMs: 0 } })
  })

  it('shows all of it on one page', async () => {
    const { ask } = await startWeb()
    const { status, body } = await ask('GET', '/talk')
    expect([status, [...body.matchAll(/data-part="(\w+)"/g)].map(([, name]) => name)]).toEqual([
      200,
      ['compute', 'slow', 'also_slow', 'took'],
    ])
  })
})
