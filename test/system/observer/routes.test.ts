import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ControlActions, createControl } from '../../../system/control/server.ts'
import { createObserver, observerRoutes } from '../../../system/observer/index.ts'
import { systemClock } from '../../../system/platform/clock.ts'
import type { LoadMeter } from '../../../system/platform/load.ts'
import { silentLog as log } from '../../../system/platform/log.ts'
import { child, createRuntime, supervisor } from '../../../system/runtime/index.ts'
import { createFakeClock, type FakeClock } from '../../support/channel-case.ts'

const secret = 'right'
const authorization = `Bearer ${secret}`
const host = '127.0.0.1:4100'

let runtime: ReturnType<typeof createRuntime>
let clock: FakeClock
let control: ReturnType<typeof createControl>
let dropped: string[]
let stop: () => void
let metersOpen: number

const fakeMeter = (): LoadMeter => {
  metersOpen += 1
  return {
    read: () => ({ loop: 0.25, cores: [0.5, 0.75], lagMeanMs: 1, lagMaxMs: 2 }),
    collections: () => ({ count: 3, totalMs: 4 }),
    stop: () => {
      metersOpen -= 1
    },
  }
}

beforeEach(async () => {
  metersOpen = 0
  dropped = []
  clock = createFakeClock()
  runtime = createRuntime({ clock: systemClock, log })
  const start = () => runtime.spawn({ name: 'Workshop.MockResource', handle: () => {}, inspect: () => ({ inside: 2 }) })
  const options = { strategy: 'one_for_one', restartsMax: 20, withinMs: 5_000 } as const
  const top = await supervisor({ clock: systemClock, log }, 'n1', options, [child('workshop.resource', start)]).start()
  const observer = createObserver({
    node: 'n1',
    runtime,
    top,
    connections: () => [{ id: '7', socket: 'CartSocket', actorIds: [], messagesIn: 3, bytesIn: 100, bytesOut: 50 }],
    dropConnection: (id) => void dropped.push(id),
    sentToNodes: () => ({ cart: { messages: 1, bytes: 10 } }),
    peers: () => ({ n2: { connected: true } }),
    clock,
    log,
    startMeter: fakeMeter,
  })
  stop = observer.stop
  const pages = observerRoutes({ node: 'n1', secret, observer: () => observer })
  control = createControl({ secret, actions: {} as ControlActions, pages })
})
afterEach(async () => {
  stop()
  await control.close()
})

const get = async (url: string, headers: Record<string, string> = { authorization }) => control.inject({ url, headers })
const kill = (payload: object) =>
  control.inject({ method: 'POST', url: '/observer/kill', headers: { authorization }, payload })
const idOf = (name: string) => runtime.registry.whereis(name)!.id

describe('the inspector on the control port (RT-70)', () => {
  it('shows memory allocated and used, counts, collections and the load (RT-72, RT-73)', async () => {
    await get('/observer/overview')
    await clock.advance(1_000)
    const overview = (await get('/observer/overview')).json()
    expect(overview).toMatchObject({
      node: 'n1',
      counts: { actors: 1, channels: 0, connections: 1, waitingMessages: 0 },
      collections: { count: 3, totalMs: 4 },
      lag: { meanMs: 1, maxMs: 2 },
    })
    const { rss, heapTotal, heapUsed } = overview.memory
    expect(rss).toBeGreaterThan(heapTotal)
    expect(heapTotal).toBeGreaterThan(heapUsed)
    expect(overview.load).toEqual([
      { name: 'main', kind: 'loop', shares: [0.25] },
      { name: 'core 1', kind: 'core', shares: [0.5] },
      { name: 'core 2', kind: 'core', shares: [0.75] },
    ])
  })

  it('lists, opens and shows the rest', async () => {
    const id = idOf('Workshop.MockResource')
    expect((await get('/observer/actors?sort=memory')).json()).toMatchObject({ sort: 'memory', rows: [{ id }] })
    expect((await get('/observer/actors?sort=nonsense&page=-1')).json()).toMatchObject({ sort: 'work', page: 1 })
    expect((await get(`/observer/actor?id=${id}&fields=state`)).json()).toMatchObject({
      fields: { state: { inside: 2 } },
    })
    expect((await get('/observer/actor?id=999')).statusCode).toBe(404)
    expect((await get('/observer/network')).json().connections).toMatchObject([{ id: '7', bytesIn: 100, channels: 0 }])
    expect((await get('/observer/system')).json()).toMatchObject({ node: 'n1', applications: ['workshop'] })
    expect((await get('/observer/tables')).json()).toEqual({ tables: [] })
  })

  it('shows what an actor does in each second', async () => {
    const resource = runtime.registry.whereis('Workshop.MockResource')!
    const url = `/observer/actor?id=${resource.id}`
    expect((await get(url)).json().ticks).toEqual([])
    const asked = (resource as unknown as { send(message: string): void }).send.bind(resource)
    for (const message of ['a', 'b', 'c']) asked(message)
    await clock.advance(1_000)
    expect((await get(url)).json().ticks).toMatchObject([{ handled: 3, queue: 0 }])
  })

  it('kills an actor and says whose id stands in its place then (RT-77)', async () => {
    const id = idOf('Workshop.MockResource')
    const answer = kill({ id })
    await clock.advance(100)
    const killed = (await answer).json()
    expect(killed).toEqual({ killedId: id, name: 'Workshop.MockResource', successorId: idOf('Workshop.MockResource') })
    expect(killed.successorId).not.toBe(id)
  })

  it('kills nobody else', async () => {
    expect((await kill({ id: '999' })).statusCode).toBe(404)
    expect((await kill({})).statusCode).toBe(400)
    const top = (await get('/observer/tree')).json().id
    expect((await kill({ id: top })).json().error).toContain('stop the node instead')
    expect(runtime.actors()).toHaveLength(1)
  })

  it('ends a connection that there is, and no other', async () => {
    const endOf = async (id: string) => {
      const answer = kill({ id })
      await clock.advance(3_000)
      return (await answer).statusCode
    }
    expect([await endOf('transport-8'), dropped]).toEqual([404, []])
    expect([await endOf('transport-7'), dropped]).toEqual([200, ['7']])
  })

  it('measures while somebody looks, and no longer', async () => {
    expect([metersOpen, runtime.meter.isOn]).toEqual([0, false])
    await get('/observer/overview')
    expect([metersOpen, runtime.meter.isOn]).toEqual([1, true])
    await clock.advance(12_000)
    expect([metersOpen, runtime.meter.isOn, clock.timerCount()]).toEqual([0, false, 0])
  })
})

describe('the page of the inspector, in every build (RT-75, RT-76, DP-44)', () => {
  const login = (given: string, origin = `http://${host}`) =>
    control.inject({
      method: 'POST',
      url: '/observer/login',
      headers: { host, origin, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ secret: given }).toString(),
    })

  it('asks for the secret, and shows nothing of the node before', async () => {
    const form = await get('/observer', {})
    expect(form.body).toContain('Control secret')
    expect(form.body).not.toContain('memory used')
    expect((await get('/observer', { authorization: 'Bearer wrong' })).body).not.toContain('memory used')
    expect((await login('wrong')).statusCode).toBe(403)
    expect((await login(secret, 'http://evil')).statusCode).toBe(401)
    expect((await get('/observer/tree', {})).statusCode).toBe(401)
  })

  it('shows every view to whoever has logged in', async () => {
    const answer = await login(secret)
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/observer'])
    const cookie = String(answer.headers['set-cookie']).split(';')[0]!
    const page = async (query: string) => (await get(`/observer?${query}`, { cookie })).body
    const front = await page('')
    expect(front).toContain('Workshop.MockResource')
    for (const fact of ['memory used', 'actors', 'connections', 'waiting messages', 'collections', 'timers late by'])
      expect(front).toContain(`>${fact}<`)
    expect(await page('view=tree')).toContain('Supervision tree')
    expect(await page(`view=actor&id=${idOf('Workshop.MockResource')}`)).toContain('message_queue_len')
    expect(await page('view=actor&id=999')).toContain('This actor has ended')
    expect(await page('view=load')).toContain('Load of the last minutes')
    expect(await page('view=network')).toContain('CartSocket')
    expect(await page('view=tables')).toContain('Tables in memory')
    expect(await page('view=system')).toContain('workshop')
    expect(await page('view=tree&killed=3&name=%3Cb%3E&now=9')).toContain(
      'Killed &lt;b&gt; (3): 9 has taken its place.',
    )
    expect((await get('/state', { cookie })).statusCode).toBe(401)
  })

  it('may run nothing but its own script, and stands in no frame and no cache', async () => {
    const { headers } = await get('/observer')
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'")
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['cache-control']).toBe('no-store')
    // With "no-referrer" browsers send the form of the page with the origin "null", which is refused.
    expect(headers['referrer-policy']).toBe('same-origin')
  })
})
