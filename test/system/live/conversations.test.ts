import { describe, expect, it } from 'vitest'
import { html, liveSession, liveView, nestedView, route } from '../../../system/live/index.ts'
import { createFakeClock } from '../../support/channel-case.ts'
import { createLiveCase, event, type LoadedPage, nestedToken, origin } from '../../support/live-case.ts'

/** Conversations in the spirit of the recorded ones, about what few of those are about. */
type Case = ReturnType<typeof createLiveCase>
type Client = Awaited<ReturnType<Case['connect']>>

const okWith = (response: unknown) => ({ status: 'ok', response })
const diff = (wire: unknown) => okWith({ diff: wire })

async function open(path: string, live = createLiveCase()) {
  const page = await live.load(path)
  const client = await live.connect()
  const joined = (await client.join(page.topic, page.join)) as { status: string; response: Record<string, unknown> }
  const ask = (name: string, value?: unknown, cid?: number) => client.ask(page.topic, 'event', event(name, value, cid))
  return { live, page, client, joined, ask, rendered: joined.response.rendered as Record<string, unknown> }
}

const hearsOfCrash = (client: Client) =>
  expect.poll(() => client.received('phx_error')).toEqual([{ reason: 'channel_crash' }])

const joinChild = (client: Client, id: string, token: string) =>
  client.join(`lv:${id}`, { params: { _mounts: 0 }, session: token, static: null })

describe('views in a view', () => {
  it('are whole in the first HTML, and empty elements with a token afterwards (LV-15)', async () => {
    const { page, rendered } = await open('/nested')
    expect(page.content).toMatch(
      /<div id="child" data-phx-session="" data-phx-static="[^"]{20,}" data-phx-parent-id="phx-/,
    )
    expect(page.content).toContain('<p>child 5</p>')
    expect(rendered['1']).toMatch(
      /^<div id="child" data-phx-session="[^"]{20,}" data-phx-static="" data-phx-parent-id="phx-[^"]+"><\/div>$/,
    )
  })

  it('have a state of their own, and can tell their page something', async () => {
    const { client, rendered, ask } = await open('/nested')
    expect(await joinChild(client, 'child', nestedToken(rendered))).toMatchObject({
      response: { rendered: { 0: '5' } },
    })
    expect(await client.ask('lv:child', 'event', event('inc'))).toEqual(diff({ 0: '6' }))
    expect(await client.ask('lv:child', 'event', event('tell'))).toEqual(okWith({}))
    expect(client.received('diff')).toEqual([{ 0: '6' }])
    expect(await ask('inc')).toEqual(diff({ 0: '7' }))
  })

  it('leave nothing behind when their page stops to show them; shown again they have another token', async () => {
    const { client, ask } = await open('/nested')
    const shown = await ask('more')
    expect(await joinChild(client, 'second', nestedToken(shown))).toMatchObject({ response: { rendered: { 0: '7' } } })
    expect(await ask('more')).toEqual(diff({ 2: '' }))
    const again = await ask('more')
    expect(nestedToken(again)).not.toBe(nestedToken(shown))
    expect(await joinChild(client, 'second', nestedToken(again))).toHaveProperty('status', 'ok')
  })

  it('are other ones when another view stands in their place, though it has their id', async () => {
    const named = (name: string) => liveView({ name, render: () => html`<p>${name}</p>` })
    const [first, second] = [named('First'), named('Second')]
    const page = liveView<{ isSwapped: boolean }>({
      name: 'Swap',
      mount: (_params, _session, socket) => void socket.assign({ isSwapped: false }),
      handleEvent: (_event, _value, socket) => void socket.update('isSwapped', (isSwapped) => !isSwapped),
      render: (assigns) => html`<main>${() => nestedView(assigns.isSwapped ? second : first, 'child', {})}</main>`,
    })
    const sessions = [liveSession('main', [route('/swap', page)])]
    const { client, rendered, ask } = await open('/swap', createLiveCase({ sessions }))
    expect(await joinChild(client, 'child', nestedToken(rendered))).toMatchObject({
      response: { rendered: { 0: 'First' } },
    })
    const swapped = nestedToken(await ask('swap'))
    expect(await joinChild(client, 'child', swapped)).toMatchObject({ response: { rendered: { 0: 'Second' } } })
  })

  it('crash alone, start from mount with the same token, and are stale without their page', async () => {
    const { client, page, rendered, ask } = await open('/nested')
    const token = nestedToken(rendered)
    await joinChild(client, 'child', token)
    await client.ask('lv:child', 'event', event('inc'))
    client.push('lv:child', 'event', event('boom'))
    await hearsOfCrash(client)
    expect(await ask('inc')).toEqual(diff({ 0: '1' }))
    expect(await joinChild(client, 'child', token)).toMatchObject({ response: { rendered: { 0: '5' } } })
    await client.ask(page.topic, 'phx_leave')
    expect(await client.ask('lv:child', 'event', event('inc'))).toEqual(diff({ 0: '6' }))
    expect(await joinChild(client, 'child', token)).toEqual({ status: 'error', response: { reason: 'stale' } })
    expect(await client.ask('lv:child', 'event', event('inc'))).toMatchObject({
      response: { reason: 'unmatched topic' },
    })
  })

  it('cannot be joined under the id of another, nor lead a client to another page', async () => {
    const { client, rendered } = await open('/nested')
    const token = nestedToken(rendered)
    expect(await joinChild(client, 'second', token)).toMatchObject({ response: { reason: 'stale' } })
    const led = { session: token, static: null, redirect: `${origin}/counter` }
    expect(await client.join('lv:child', led)).toMatchObject({ response: { reason: 'unauthorized' } })
  })
})

describe('hooks', () => {
  it('hear what mount pushed with the first frame, and again after a crash', async () => {
    const { client, page, rendered } = await open('/hook')
    expect(rendered.e).toEqual([['ready', { n: 0 }]])
    client.push(page.topic, 'event', event('no_such_event'))
    const again = await client.join(page.topic, page.join)
    expect(again).toMatchObject({ response: { rendered: { e: [['ready', { n: 0 }]] } } })
  })

  it('get replies, events in their order, and changes in one frame', async () => {
    const { client, ask } = await open('/hook')
    expect(await ask('ask', [1, { deep: null }])).toEqual(diff({ r: { echo: [1, { deep: null }], n: 0 } }))
    expect(await ask('no_reply')).toEqual(okWith({}))
    expect(await ask('two_events')).toEqual(
      diff({
        e: [
          ['first', { a: 1 }],
          ['second', { b: [true, null] }],
        ],
      }),
    )
    expect(await ask('all')).toEqual(diff({ 0: ' data-n="1"', 1: '1', e: [['changed', { n: 1 }]], r: { done: true } }))
    await ask('later')
    await ask('later_change')
    expect(client.received('diff')).toEqual([
      { e: [['late', {}]] },
      { 0: ' data-n="2"', 1: '2', e: [['late', { n: 2 }]] },
    ])
  })
})

describe('parameters of mount', () => {
  it.each([
    [
      { _mounts: 3, extra: 'a "b"' },
      { 1: '3', 2: '&quot;a \\&quot;b\\&quot;&quot;' },
    ],
    [
      { _mounts: 0, extra: 7.5 },
      { 1: '0', 2: '7.5' },
    ],
    [{ extra: { a: [1, null] } }, { 1: 'nil', 2: '%{&quot;a&quot; =&gt; [1, nil]}' }],
    [undefined, { 1: 'nil', 2: 'nil' }],
  ])('%j are what the client sent with its join', async (params, shown) => {
    const live = createLiveCase()
    const page = await live.load('/mount')
    const client = await live.connect()
    const joined = await client.join(page.topic, { ...page.join, params })
    expect(joined).toMatchObject({ response: { rendered: { 0: 'true', ...shown, 3: 'false', 4: '1' } } })
  })

  it('are the path and the query, of which the path wins, and an exception in mount answers the join', async () => {
    const live = createLiveCase()
    expect((await live.load('/nav/a/a%20b?q=1+2&id=9')).content).toContain('<h1>Page A a b</h1>\n<p id="q">q=1 2</p>')
    const { joined } = await open('/mount/raise', live)
    expect(joined).toEqual({ status: 'error', response: { reason: 'join crashed' } })
  })
})

describe('streams', () => {
  const insert = (id: number, at = -1, limit: number | null = null, updateOnly = false) => [
    `items-${id}`,
    at,
    limit,
    updateOnly,
  ]
  const entry = (id: number, name: string) => ({ 0: ` id="items-${id}"`, 1: name })

  it('say where an item goes, how many are kept, and whether it may be new', async () => {
    const { ask } = await open('/stream')
    const said = async (name: string, value: object) => (await ask(name, { id: 5, name: 'five', ...value })) as unknown
    const news = (...inserted: unknown[]) =>
      diff({ 1: { k: { 0: entry(5, 'five'), kc: 1 }, stream: ['0', inserted, []] } })
    expect(await said('append', {})).toEqual(news(insert(5)))
    expect(await said('prepend', {})).toEqual(news(insert(5, 0)))
    expect(await said('at', { at: 2 })).toEqual(news(insert(5, 2)))
    expect(await said('limit', { limit: 4 })).toEqual(news(insert(5, -1, 4)))
    expect(await said('limit', { limit: -2 })).toEqual(news(insert(5, -1, -2)))
    expect(await said('update_only', {})).toEqual(news(insert(5, -1, null, true)))
  })

  it('forget what they sent, and say nothing in other frames', async () => {
    const { ask } = await open('/stream')
    expect(await ask('many', { ids: [7, 8] })).toEqual(
      diff({
        1: { k: { 0: entry(7, 'many 7'), 1: entry(8, 'many 8'), kc: 2 }, stream: ['0', [insert(8), insert(7)], []] },
      }),
    )
    expect(await ask('n')).toEqual(diff({ 0: '4' }))
  })

  it('delete by item and by element, known or not', async () => {
    const { ask } = await open('/stream')
    const gone = (domId: string) => diff({ 1: { k: { kc: 0 }, stream: ['0', [], [domId]] } })
    expect(await ask('delete', { id: 2 })).toEqual(gone('items-2'))
    expect(await ask('delete', { id: 99 })).toEqual(gone('items-99'))
    expect(await ask('delete_dom', { dom: 'items-1' })).toEqual(gone('items-1'))
  })

  it('start anew with a reset, and with each join', async () => {
    const { client, page, ask, rendered } = await open('/stream')
    expect(await ask('reset', { ids: [1] })).toEqual(
      diff({ 1: { k: { 0: entry(1, 'reset 1'), kc: 1 }, stream: ['0', [insert(1)], [], true] } }),
    )
    expect(await ask('reset', { ids: [] })).toEqual(diff({ 1: { k: { kc: 0 }, stream: ['0', [], [], true] } }))
    expect(await ask('delete', { id: 1 })).toEqual(diff({ 1: { k: { kc: 0 }, stream: ['0', [], ['items-1']] } }))
    expect(await client.join(page.topic, page.join)).toMatchObject({ response: { rendered } })
  })

  it('end the page on an item without an id', async () => {
    const { client, page } = await open('/stream')
    client.push(page.topic, 'event', event('append', { name: 'none' }))
    await hearsOfCrash(client)
  })
})

describe('the flash', () => {
  it('of the first page counts only for its first join', async () => {
    const live = createLiveCase()
    const page = await live.load('/nav/b', { info: 'from <before>' })
    expect(page.content).toContain('phx-value-key="info">from &lt;before&gt;</p>')
    const client = await live.connect()
    const shownTo = async (params: object) => {
      const joined = await client.join(page.topic, { ...page.join, params })
      return JSON.stringify(joined).includes('from &lt;before&gt;')
    }
    expect(await shownTo({ _mounts: 0 })).toBe(true)
    expect(await shownTo({ _mounts: 1 })).toBe(false)
    expect(await shownTo({})).toBe(false)
  })

  it('goes along with a navigation only when it was put with it', async () => {
    const { live, page, ask } = await open('/nav/a/1')
    await ask('flash', { kind: 'info', text: 'old' })
    expect(await ask('navigate', { to: '/nav/b' })).toEqual(okWith({ live_redirect: { kind: 'push', to: '/nav/b' } }))
    const again = await rejoin(live, page)
    const told = await again.ask(page.topic, 'event', event('redirect_flash', { to: '/hello' }))
    expect(told).toEqual(okWith({ redirect: { flash: expect.stringMatching(/^\S{20,}$/), to: '/hello', status: 302 } }))
    expect(again.received('phx_close')).toEqual([{}])
  })

  async function rejoin(live: Case, page: LoadedPage) {
    const client = await live.connect()
    await client.join(page.topic, page.join)
    return client
  }

  it('is not taken from a token of another kind', async () => {
    const live = createLiveCase()
    const page = await live.load('/nav/b')
    const client = await live.connect()
    const joined = await client.join(page.topic, { ...page.join, flash: page.join.session })
    expect(joined).toMatchObject({ response: { rendered: { 0: '', 1: '' } } })
  })
})

describe('navigation', () => {
  it('follows the patches that handleParams asks for, each told before the frame', async () => {
    const { client, page } = await open('/bounce/here')
    expect(await client.ask(page.topic, 'live_patch', { url: `${origin}/bounce/patch` })).toEqual(diff({ 0: 'landed' }))
    expect(client.received('live_patch')).toEqual([{ kind: 'push', to: '/bounce/landed' }])
  })

  it('refuses a join that leads to a view which leads elsewhere', async () => {
    const live = createLiveCase()
    const page = await live.load('/nav/b')
    const client = await live.connect()
    const lead = (path: string) => client.join(page.topic, { ...page.join, url: undefined, redirect: origin + path })
    expect(await lead('/bounce/redirect')).toEqual({
      status: 'error',
      response: { redirect: { to: '/nav/b', status: 302 }, events: [] },
    })
    expect(await lead('/bounce/flash')).toMatchObject({
      status: 'error',
      response: { live_redirect: { flash: expect.any(String), kind: 'push', to: '/nav/b' } },
    })
    expect(await lead('/bounce/patch')).toMatchObject({
      status: 'ok',
      response: {
        container: ['div', {}],
        live_patch: { kind: 'push', to: '/bounce/landed' },
        rendered: { 0: 'landed' },
      },
    })
  })

  it.each(['//elsewhere.example', 'https://elsewhere.example', 'nav/b', '/\\elsewhere.example'])(
    'ends the page that is sent to %s as to a path',
    async (to) => {
      const { client, page } = await open('/nav/a/1')
      client.push(page.topic, 'event', event('navigate', { to }))
      await hearsOfCrash(client)
    },
  )

  it('leads outside by a whole address, but runs no script', async () => {
    const { ask } = await open('/nav/a/1')
    expect(await ask('external', { to: 'https://elsewhere.example/a' })).toEqual(
      okWith({ redirect: { to: 'https://elsewhere.example/a', status: 302 } }),
    )
    const { client, page } = await open('/nav/a/1')
    client.push(page.topic, 'event', event('external', { to: 'javascript:alert(1)' }))
    await hearsOfCrash(client)
  })
})

describe('time', () => {
  it('runs timers while the page is open, and sends a temporary assign once', async () => {
    const clock = createFakeClock()
    const { client, page, ask } = await open('/tick', createLiveCase({ clock }))
    await ask('start', { times: 3, every: 60 })
    await clock.advance(130)
    expect(client.received('diff')).toEqual([{ 0: '1' }, { 0: '2' }])
    expect(await ask('say', { id: 1, text: 'hi' })).toEqual(diff({ 1: { k: { 0: { 0: '1', 1: 'hi' }, kc: 1 } } }))
    expect(await ask('bump')).toEqual(diff({ 0: '3' }))
    await client.ask(page.topic, 'phx_leave')
    await clock.advance(1_000)
    expect(client.received('diff')).toHaveLength(2)
  })

  it('takes the result of the latest load only', async () => {
    const clock = createFakeClock()
    const { client, ask, rendered } = await open('/async', createLiveCase({ clock }))
    expect(JSON.stringify(rendered)).toContain('Loading')
    await clock.advance(40)
    // Loading is shown already, so that there is nothing to say.
    expect(await ask('fail')).toEqual(okWith({}))
    await clock.advance(500)
    expect(client.received('diff').map((frame) => JSON.stringify(frame))).toEqual([expect.stringContaining('Failed')])
  })

  it('ends a page whose message to itself has a handler that throws', async () => {
    const { client, ask } = await open('/tick')
    expect(await ask('boom_later')).toEqual(okWith({}))
    await hearsOfCrash(client)
  })
})
