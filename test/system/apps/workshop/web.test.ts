import { fastify } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { createPanels } from '../../../../system/apps/workshop/live/panels.ts'
import { panelSource } from '../../../../system/apps/workshop/live/source.ts'
import { workshopRoutes } from '../../../../system/apps/workshop/web.ts'
import { ActorExited } from '../../../../system/runtime/index.ts'
import { openCase } from '../../../support/channel-case.ts'
import { event } from '../../../support/live-case.ts'
import { type Case, startWorkshop } from './support.ts'

const secret = 'a secret of the tests that is long enough'
const origin = 'http://workshop.example'

let one: Case | undefined
afterEach(() => one?.stop())

async function startWeb(env: Record<string, number> = {}) {
  one = await startWorkshop(env)
  const { clock, workshop, runtime } = one
  const panels = createPanels({ source: panelSource(workshop, origin), secret, clock, log: runtime.log })
  const web = fastify()
  workshopRoutes(web, { workshop, panels, heartbeatMs: 1_000 })
  const get = async (url: string) => {
    const answer = web.inject({ url, headers: { host: 'workshop.example' } })
    await clock.advance(0)
    return answer
  }
  /** A browser that has loaded the page and joined it. */
  async function open(path: string) {
    const { body } = await get(path)
    const [, id, session, staticToken] =
      /<div id="([^"]+)" data-phx-main data-phx-session="([^"]+)" data-phx-static="([^"]+)">/.exec(body)!
    const client = await openCase(panels.socket, { clock })
    const topic = `lv:${id}`
    const joined = client.join(topic, { url: origin + path, params: { _mounts: 0 }, session, static: staticToken })
    await clock.advance(0)
    return { ...client, topic, joined: await joined }
  }
  return { ...one, web, get, open }
}

const statusOf = (reply: unknown) => (reply as { status: string }).status
const valueIn = (html: string, name: string) => new RegExp(`data-value="${name}">([^<]*)<`).exec(html)?.[1]

/** The last change of the first number of the page; its place in the template is 2. */
const lastInside = (diffs: readonly unknown[]) =>
  diffs.map((diff) => (diff as Record<string, string>)[2]).findLast((value) => value !== undefined)

describe('the endpoints (MR-1)', () => {
  it.each(['/part1/async', '/part2/genstage'])('%s answers 200 before the resource was used', async (url) => {
    const { get, counts } = await startWeb()
    const { statusCode, body, headers } = await get(url)
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8'])
    expect(body).toMatch(/^\w.*\.\n$/)
    expect(counts().inside).toBe(1)
  })

  it('/part1/serial answers after the time of a use (MR-6)', async () => {
    const { web, clock } = await startWeb()
    let answeredMs: number | undefined
    const startedMs = clock.monotonicMs()
    const answer = web.inject('/part1/serial').then((got) => {
      answeredMs = clock.monotonicMs() - startedMs
      return got.statusCode
    })
    await clock.advance(99)
    expect(answeredMs).toBeUndefined()
    await clock.advance(1)
    expect(await answer).toBe(200)
  })

  it.each(['/part1/serial', '/part1/async'])('%s answers 500 while 15 are inside (MR-13, NF-14)', async (url) => {
    const { get, workshop, clock } = await startWeb({ LIMIT: 15 })
    for (let n = 0; n < 15; n += 1) void workshop.serial()
    await clock.advance(0)
    expect((await get(url)).statusCode).toBe(500)
    await clock.advance(100)
    const later = get(url)
    await clock.advance(100)
    expect((await later).statusCode).toBe(200)
  })

  const failingWith = async (error: Error) => {
    const { workshop } = await startWeb()
    const web = fastify()
    const serial = () => Promise.reject(error)
    workshopRoutes(web, { workshop: { ...workshop, serial }, panels: {} as never, heartbeatMs: 1_000 })
    return web.inject('/part1/serial')
  }

  it('answer 503 while the part that they need is being restarted', async () => {
    const { statusCode, body } = await failingWith(new ActorExited('Workshop.MockResource is not running'))
    expect([statusCode, body]).toEqual([503, 'The workshop is being restarted; try again.\n'])
  })

  it('answer 500 to what nobody expected', async () => {
    expect((await failingWith(new Error('a bug'))).statusCode).toBe(500)
  })
})

describe('the panels', () => {
  it.each(['/part1', '/part2'])('%s is a page that no cache keeps, for light and dark, for phones', async (url) => {
    const { get } = await startWeb()
    const { statusCode, headers, body } = await get(url)
    expect([statusCode, headers['cache-control']]).toEqual([200, 'no-store'])
    expect(body).toContain('<meta name="color-scheme" content="light dark">')
    expect(body).toContain('width=device-width')
  })

  it('/part1 follows the load within 250 ms, and says nothing while nothing changes (MR-8)', async () => {
    const { open, workshop, clock } = await startWeb({ RESOURCE_MS: 1_000 })
    const page = await open('/part1')
    expect(statusOf(page.joined)).toBe('ok')
    await clock.advance(1_000)
    expect(page.received('diff')).toEqual([])
    for (let n = 0; n < 7; n += 1) void workshop.serial()
    await clock.advance(250)
    expect(lastInside(page.received('diff'))).toBe('7')
    await clock.advance(1_250)
    expect(lastInside(page.received('diff'))).toBe('0')
  })

  it('/part2 shows what waits, what was processed and how long it took, as the counters have it (MR-17)', async () => {
    const { get, enqueue, clock } = await startWeb()
    await enqueue(10)
    await clock.advance(400)
    const { body } = await get('/part2')
    const shown = ['unprocessed', 'inside', 'processed', 'latency-last', 'latency-mean', 'latency-max'].map((name) =>
      valueIn(body, name),
    )
    expect(shown).toEqual(['6', '1', '4', '400 ms', '250 ms', '400 ms'])
    expect(body).toMatch(/<polyline points="0,\d+ [^"]+"/)
  })

  it('begin a new run when somebody asks for one (MR-17)', async () => {
    const { open, workshop, clock, get } = await startWeb()
    for (let n = 0; n < 7; n += 1) void workshop.serial()
    await clock.advance(200)
    expect(valueIn((await get('/part1')).body, 'inside-max')).toBe('7')
    const page = await open('/part1')
    const answer = page.ask(page.topic, 'event', event('clear'))
    await clock.advance(0)
    expect(statusOf(await answer)).toBe('ok')
    expect(valueIn((await get('/part1')).body, 'inside-max')).toBe('0')
  })
})
