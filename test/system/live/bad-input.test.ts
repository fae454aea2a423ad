import { describe, expect, it } from 'vitest'
import { createSessionTokens } from '../../../system/live/index.ts'
import type { Log } from '../../../system/platform/log.ts'
import { silentLog } from '../../../system/platform/log.ts'
import { createFakeClock } from '../../support/channel-case.ts'
import { createLiveCase, event, type LoadedPage } from '../../support/live-case.ts'

/** A log that keeps everything that it is given. */
function wholeLog() {
  const lines: string[] = []
  const keep = (...parts: unknown[]) => void lines.push(JSON.stringify(parts, (_key, value) => plain(value)))
  return { lines, log: { ...silentLog, debug: keep, info: keep, warn: keep, error: keep } as unknown as Log }
}
const plain = (value: unknown) => (value instanceof Error ? { message: value.message, stack: value.stack } : value)

type Client = Awaited<ReturnType<ReturnType<typeof createLiveCase>['connect']>>

const stale = { status: 'error', response: { reason: 'stale' } }
const unauthorized = { status: 'error', response: { reason: 'unauthorized' } }
const crashed = { status: 'error', response: { reason: 'join crashed' } }

/** Two pages on two connections; what the first does wrong, the second must not feel. */
async function twoPages() {
  const { lines, log } = wholeLog()
  const live = createLiveCase({ log })
  const [page, otherPage] = [await live.load('/counter'), await live.load('/counter')]
  const [client, other] = [await live.connect(), await live.connect()]
  await client.join(page.topic, page.join)
  await other.join(otherPage.topic, otherPage.join)
  const otherGoesOn = async () =>
    expect(await other.ask(otherPage.topic, 'event', event('inc'))).toEqual({
      status: 'ok',
      response: { diff: { 0: '1' } },
    })
  const noTokenIn = (text: string) => {
    for (const token of [page, otherPage].flatMap(({ join }) => [join.session, join.static]))
      expect(text).not.toContain(String(token).slice(0, 40))
  }
  return { client, page, otherGoesOn, checkLog: () => noTokenIn(lines.join('\n')), lines }
}

const hearsOfCrash = (client: Client) =>
  expect.poll(() => client.received('phx_error')).toEqual([{ reason: 'channel_crash' }])

describe('only the sender feels', () => {
  it.each<[what: string, message: string, payload: unknown]>([
    ['an event without a handler', 'event', event('no_such_event')],
    ['a reserved event', 'event', event('lv:no_such_event')],
    ['an event without a value', 'event', { type: 'click', event: 'inc' }],
    ['an event without a type', 'event', { event: 'inc', value: {} }],
    ['an event that is no object', 'event', 'inc'],
    ['a form that is no text', 'event', { type: 'form', event: 'inc', value: { a: 1 } }],
    ['a form of bytes that are no text', 'event', { type: 'form', event: 'inc', value: 'a=%FF' }],
    ['a value that the handler cannot take', 'event', event('add', { by: 'one' })],
    ['a patch to nowhere', 'live_patch', { url: 'http://shop.example/nowhere' }],
    ['a patch to what is no address', 'live_patch', { url: 7 }],
    ['a patch of a view that cannot be patched', 'live_patch', { url: 'http://shop.example/counter' }],
    ['an event for what cannot be a component', 'event', { ...event('inc'), cid: 'one' }],
    ['an event for a list of components', 'event', { ...event('inc'), cid: [1] }],
    ['an event with an upload', 'event', { ...event('inc'), uploads: { 'phx-1': [] } }],
    ['the beginning of an upload', 'allow_upload', { ref: 'phx-1', entries: [], cid: null }],
    ['the progress of an upload', 'progress', { ref: 'phx-1', entry_ref: '0', progress: 50 }],
    ['a flash that is no kind', 'event', event('lv:clear-flash', { key: 7 })],
    ['a list of components that is none', 'cids_destroyed', { cids: 1 }],
  ])('%s', async (_what, message, payload) => {
    const { client, page, otherGoesOn, checkLog, lines } = await twoPages()
    client.push(page.topic, message, payload)
    await hearsOfCrash(client)
    await otherGoesOn()
    expect(lines).toHaveLength(1)
    checkLog()
  })

  it.each([undefined, null, false])('nobody, where an event names no component: %s means the page', async (cid) => {
    const { client, page } = await twoPages()
    expect(await client.ask(page.topic, 'event', { ...event('inc'), cid })).toEqual({
      status: 'ok',
      response: { diff: { 0: '1' } },
    })
  })

  it('an event for a component that is not there, which hears nothing', async () => {
    const { client, page, otherGoesOn } = await twoPages()
    for (const cid of [1, 99, -1, 0])
      for (const name of ['inc', 'lv:clear-flash', 'lv:no_such_event'])
        expect(await client.ask(page.topic, 'event', { ...event(name), cid })).toEqual({ status: 'ok', response: {} })
    expect(await client.ask(page.topic, 'allow_upload', { cid: 1 })).toEqual({ status: 'ok', response: {} })
    expect(await client.ask(page.topic, 'cids_destroyed', { cids: [1, 'one', null] })).toMatchObject({
      response: { cids: [] },
    })
    await otherGoesOn()
  })

  it.each<[what: string, change: (page: LoadedPage) => Record<string, unknown>, answer: unknown]>([
    ['no session', () => ({ session: undefined }), stale],
    ['an empty session', () => ({ session: '' }), stale],
    ['a session that is null', () => ({ session: null }), stale],
    ['a session that is no text', () => ({ session: { id: 1 } }), crashed],
    ['a static that is no text', () => ({ static: 7 }), crashed],
    ['a static that is empty', () => ({ static: '' }), stale],
    ['a flash that is no text', () => ({ flash: 7 }), crashed],
    ['params that are no object', () => ({ params: 'text' }), crashed],
    ['a session with another letter', ({ join }) => ({ session: altered(String(join.session)) }), stale],
    ['a session without its signature', ({ join }) => ({ session: String(join.session).split('.')[0] }), stale],
    ['a token of another kind as session', ({ join }) => ({ session: join.static }), stale],
    ['a static with another letter', ({ join }) => ({ static: altered(String(join.static)) }), stale],
    ['a page that does not exist', () => ({ url: 'http://shop.example/nowhere' }), unauthorized],
    ['the page of another view', () => ({ url: 'http://shop.example/products' }), unauthorized],
    ['a page that is no address', () => ({ url: {} }), crashed],
    ['a page that is null', () => ({ url: null }), crashed],
    ['a page without a host', () => ({ url: '/counter' }), crashed],
    ['the page of another view without a host', () => ({ url: '/products' }), unauthorized],
    ['a page of another live session without a host', () => ({ url: undefined, redirect: '/other' }), unauthorized],
    ['a page that does not exist and has no host', () => ({ url: '/nowhere' }), unauthorized],
    ['a navigation to what is no address', () => ({ url: undefined, redirect: null }), crashed],
    [
      'a navigation to a page without a live view',
      () => ({ url: undefined, redirect: 'http://shop.example/hello' }),
      unauthorized,
    ],
    ['a page of another live session', () => ({ url: undefined, redirect: 'http://shop.example/other' }), unauthorized],
  ])('a join with %s', async (_what, change, answer) => {
    const { client, page, otherGoesOn, checkLog } = await twoPages()
    expect(await client.join(page.topic, { ...page.join, ...change(page) })).toEqual(answer)
    await otherGoesOn()
    checkLog()
  })

  it.each([null, 'text', [], 7])('a join with the payload %j', async (payload) => {
    const { client, page } = await twoPages()
    expect(await client.join(page.topic, payload)).toEqual(stale)
  })

  const altered = (token: string) => token.slice(0, -10) + (token.at(-10) === 'A' ? 'B' : 'A') + token.slice(-9)
})

it('refuses every page to a connection that did not prove where it comes from', async () => {
  const live = createLiveCase()
  const page = await live.load('/counter')
  const client = await live.connectUnproven()
  expect(await client.join(page.topic, page.join)).toEqual(stale)
})

describe('tokens', () => {
  const twoWeeksS = 14 * 86_400

  it.each([
    [twoWeeksS, true],
    [twoWeeksS + 1, false],
    [-300, true],
    [-301, false],
  ])('that are %d seconds old are good: %s', async (ageS, isGood) => {
    const clock = createFakeClock()
    const live = createLiveCase({ clock })
    const page = await live.load('/counter')
    const aged = { ...live.settings, clock: { now: () => clock.now() - ageS * 1_000 } }
    const content = createSessionTokens(aged).read(page.join.session)!
    const client = await live.connect()
    const answer = await client.join(page.topic, { ...page.join, session: createSessionTokens(aged).sign(content) })
    expect(answer).toMatchObject(isGood ? { status: 'ok' } : stale)
  })

  it.each([
    [60, 'from before'],
    [61, undefined],
  ])('of a flash that are %d seconds old show %s', async (ageS, shown) => {
    const clock = createFakeClock()
    const live = createLiveCase({ clock })
    const page = await live.load('/nav/b')
    const aged = createSessionTokens({ ...live.settings, clock: { now: () => clock.now() - ageS * 1_000 } })
    const client = await live.connect()
    const flash = aged.sign({ kind: 'flash', flash: { info: 'from before' } })
    const answer = await client.join(page.topic, { ...page.join, flash })
    expect(answer).toMatchObject({
      status: 'ok',
      response: { rendered: { 0: shown === undefined ? '' : { 0: shown } } },
    })
  })

  it('of another secret or salt are none', async () => {
    const live = createLiveCase()
    const page = await live.load('/counter')
    const client = await live.connect()
    for (const other of [{ secret: 'another secret' }, { salt: 'another salt of at least 32 characters' }]) {
      const strange = createSessionTokens({ ...live.settings, ...other, clock: { now: () => Date.now() } })
      const session = strange.sign(createSessionTokens({ ...live.settings, clock: Date }).read(page.join.session)!)
      expect(await client.join(page.topic, { ...page.join, session })).toEqual(stale)
    }
  })

  it('need a salt of 32 characters (LV-10)', () => {
    expect(() => createSessionTokens({ secret: 'secret', salt: 'too short', clock: Date })).toThrow(
      'the signing salt of live pages has 9 characters; it needs at least 32',
    )
  })
})

describe('what a page leaves behind', () => {
  it('nothing of a thousand first pages (LV-3)', async () => {
    const live = createLiveCase()
    for (let count = 0; count < 1_000; count += 1) await live.load('/products')
    expect(live.pubsub.subscriptions()).toEqual({})
  })

  it('nothing of one that was left, refused, replaced or cut off (LV-4)', async () => {
    const live = createLiveCase()
    const page = await live.load('/products')
    const client = await live.connect()
    await client.join(page.topic, page.join)
    expect(live.pubsub.subscriptions().products).toBe(1)
    await client.join(page.topic, page.join)
    expect(live.pubsub.subscriptions().products).toBe(1)
    await client.join(page.topic, { ...page.join, session: '' })
    expect(live.pubsub.subscriptions()).toEqual({})
    await client.join(page.topic, page.join)
    client.session.gone()
    expect(live.pubsub.subscriptions()).toEqual({})
    expect(client.runtime.actors()).toEqual([])
  })
})
