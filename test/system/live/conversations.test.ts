import { describe, expect, it } from 'vitest'
import { component, html, liveComponent, liveSession, liveView, nestedView, route } from '../../../system/live/index.ts'
import { announceStock } from '../../compat/live/views/products.ts'
import { createFakeClock } from '../../support/channel-case.ts'
import { createLiveCase, event, type LoadedPage, nestedToken, origin } from '../../support/live-case.ts'

/** Conversations in the spirit of the recorded ones, about what few of those are about. */
type Case = ReturnType<typeof createLiveCase>
type Client = Awaited<ReturnType<Case['connect']>>
type Asking = (name: string, value?: unknown, cid?: number) => Promise<unknown>

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

  it('go on without their page after it crashed, and are told nothing of the page that is mounted after it', async () => {
    const { client, page, rendered, ask } = await open('/nested')
    const token = nestedToken(rendered)
    await joinChild(client, 'child', token)
    await client.ask('lv:child', 'event', event('inc'))
    client.push(page.topic, 'event', event('no_such_event'))
    await hearsOfCrash(client)
    expect(await client.ask('lv:child', 'event', event('tell'))).toEqual(okWith({}))
    const again = await client.join(page.topic, page.join)
    expect(await client.ask('lv:child', 'event', event('tell'))).toEqual(okWith({}))
    expect(await ask('inc')).toEqual(diff({ 0: '1' }))
    expect(await joinChild(client, 'child', token)).toMatchObject({ response: { reason: 'stale' } })
    expect(await joinChild(client, 'child', nestedToken(again))).toMatchObject({ response: { rendered: { 0: '5' } } })
    expect(await client.ask('lv:child', 'event', event('tell'))).toEqual(okWith({}))
    expect(client.received('diff')).toEqual([{ 0: '5' }])
  })

  it('have no address of their own: a patch is a page load, and leads nowhere without a route', async () => {
    const { client, rendered } = await open('/nested')
    await joinChild(client, 'child', nestedToken(rendered))
    const answer = await client.ask('lv:child', 'live_patch', { url: `${origin}/nested` })
    expect(answer).toEqual(okWith({ link_redirect: true }))
    client.push('lv:child', 'live_patch', { url: `${origin}/nowhere` })
    await hearsOfCrash(client)
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

it('a mount that takes time is waited for by the first page and by the join (LV-2)', async () => {
  const slow = liveView<{ name: string }>({
    name: 'Slow',
    async mount(_params, _session, socket) {
      await new Promise(setImmediate)
      socket.assign({ name: 'loaded' })
    },
    render: ({ name }) => html`<p>${name}</p>`,
  })
  const live = createLiveCase({ sessions: [liveSession('main', [route('/slow', slow)])] })
  const { page, joined } = await open('/slow', live)
  expect(page.content).toContain('<p>loaded</p>')
  expect(joined).toMatchObject({ response: { rendered: { 0: 'loaded' } } })
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

  it('send an item once that is given twice', async () => {
    const { ask } = await open('/stream')
    expect(await ask('many', { ids: [5, 6, 5] })).toEqual(
      diff({
        1: { k: { 0: entry(6, 'many 6'), 1: entry(5, 'many 5'), kc: 2 }, stream: ['0', [insert(5), insert(6)], []] },
      }),
    )
    expect(await ask('many', { ids: [] })).toEqual(okWith({}))
  })

  it('end the page on an item without an id', async () => {
    const nameless = liveView({
      name: 'Nameless',
      mount: (_params, _session, socket) => socket.stream('items', []),
      handleEvent: (_event, value, socket) => socket.streamInsert('items', value),
      render: () => html`<p></p>`,
    })
    const sessions = [liveSession('main', [route('/nameless', nameless)])]
    const { client, page } = await open('/nameless', createLiveCase({ sessions }))
    client.push(page.topic, 'event', event('append', { name: 'none' }))
    await hearsOfCrash(client)
  })
})

describe('the flash', () => {
  it('is cleared by kind, and as a whole by whatever names no kind', async () => {
    const { ask } = await open('/nav/a/1')
    for (const kind of ['info', 'error']) await ask('flash', { kind, text: kind })
    expect(await ask('lv:clear-flash', { key: null })).toEqual(okWith({}))
    expect(await ask('lv:clear-flash', { key: 'info' })).toEqual(diff({ 0: '' }))
    expect(await ask('lv:clear-flash', 'text')).toEqual(diff({ 1: '' }))
    expect(await ask('lv:clear-flash', null)).toEqual(okWith({}))
  })

  it('of the first page counts only for its first join', async () => {
    const live = createLiveCase()
    const page = await live.load('/nav/b', { info: 'from <before>' })
    expect(page.content).toContain('phx-value-key="info">from &lt;before&gt;</p>')
    const client = await live.connect()
    const shownTo = async (params: object, more: object = {}) => {
      const joined = await client.join(page.topic, { ...page.join, ...more, params })
      return JSON.stringify(joined).includes('from &lt;before&gt;')
    }
    expect(await shownTo({ _mounts: 0 })).toBe(true)
    // As the official client says that it brings none.
    expect(await shownTo({ _mounts: 0 }, { flash: null })).toBe(true)
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

describe('components', () => {
  const statics = ['<span', '>leaf ', '</span>']
  const leaf = { 0: ' id="box-a-leaf"', 1: '0', s: statics, r: 1 }

  async function leaving(ask: Asking, client: Client, topic: string, cids: number[]) {
    for (const box of ['a', 'b'].slice(0, cids.includes(2) ? 2 : 1)) await ask('less', { box })
    expect(await client.ask(topic, 'cids_will_destroy', { cids })).toEqual(okWith({}))
  }

  it('come back with the components in them, when the client was about to forget them all', async () => {
    const { client, page, ask } = await open('/comp')
    expect(await ask('nest')).toEqual(diff({ c: { 1: { 4: 3 }, 3: leaf } }))
    await leaving(ask, client, page.topic, [1, 3])
    expect(await ask('more', { box: 'a' })).toEqual(
      diff({
        1: { k: { 1: { 0: 1 }, kc: 2 } },
        c: { 1: { 0: ' id="box-a"', 1: 'Box a', 3: ' phx-target="1"', 4: 3, s: -2 }, 3: leaf },
      }),
    )
    expect(await client.ask(page.topic, 'cids_destroyed', { cids: [1, 3] })).toEqual(okWith({ cids: [] }))
    expect(await ask('inc', {}, 1)).toEqual(diff({ c: { 1: { 2: '1' }, 3: { 1: '1' } } }))
  })

  it('do not borrow from one that the client is about to forget', async () => {
    const { client, page, ask } = await open('/comp')
    await leaving(ask, client, page.topic, [1, 2])
    expect(await ask('more', { box: 'c' })).toMatchObject({
      response: { diff: { c: { 3: { s: expect.any(Array), r: 1 } } } },
    })
    expect(await client.ask(page.topic, 'cids_destroyed', { cids: [1, 2] })).toEqual(okWith({ cids: [1, 2] }))
    expect(await ask('more', { box: 'a' })).toMatchObject({ response: { diff: { c: { 4: { s: -3 } } } } })
  })

  it('keep their number and state, when the client has not said that it would forget them', async () => {
    const { client, page, ask } = await open('/comp')
    await ask('inc', {}, 2)
    await ask('less', { box: 'b' })
    expect(await ask('more', { box: 'b' })).toEqual(diff({ 1: { k: { 1: { 0: 2 }, kc: 2 } } }))
    expect(await client.ask(page.topic, 'cids_destroyed', { cids: [2] })).toEqual(okWith({ cids: [] }))
    expect(await ask('inc', {}, 2)).toEqual(diff({ c: { 2: { 2: '2' } } }))
  })

  it('leave the flash of their page alone, and end it on other reserved events', async () => {
    const { client, page, ask } = await open('/comp')
    expect(await ask('lv:clear-flash', {}, 1)).toEqual(okWith({}))
    client.push(page.topic, 'event', event('lv:no_such_event', {}, 1))
    await hearsOfCrash(client)
  })

  it('are updated by their page after its reply, once, and only where they are', async () => {
    const { client, ask } = await open('/comp')
    for (const [id, n] of [['box-a', 7] as const, ['box-a', 7] as const, ['nobody', 7] as const])
      expect(await ask('send_update', { id, n })).toEqual(okWith({}))
    expect(await ask('ask', 'x', 1)).toEqual(diff({ r: { n: 7, p: 'x' } }))
    expect(client.received('diff')).toEqual([{ c: { 1: { 2: '7' } } }])
  })

  it('have a flash of their own, which is empty', async () => {
    const note = liveComponent({ name: 'Note', render: ({ flash }) => html`<p>${flash.info ?? 'no flash'}</p>` })
    const page = liveView({ name: 'Noted', render: () => html`<main>${component(note, { id: 'note' })}</main>` })
    const { joined } = await open(
      '/noted',
      createLiveCase({ sessions: [liveSession('main', [route('/noted', page)])] }),
    )
    expect(joined).toMatchObject({ response: { rendered: { c: { 1: { 0: 'no flash' } } } } })
  })

  it('end the page when two have one id', async () => {
    const { client, page } = await open('/comp')
    client.push(page.topic, 'event', event('more', { box: 'b' }))
    await hearsOfCrash(client)
  })
})

describe('what no client says', () => {
  it.each(['phx_close', 'phx_error', 'phx_reply', 'phx_drain', 'no_such_message', 'toString'])(
    '%s is dropped',
    async (name) => {
      const { client, page, ask } = await open('/counter')
      client.push(page.topic, name)
      expect(await ask('inc')).toEqual(diff({ 0: '1' }))
      expect(client.sent).toHaveLength(2)
    },
  )
})

describe('a title', () => {
  it('is told when it has another value, null and numbers included', async () => {
    const { ask } = await open('/counter')
    const said: unknown[] = []
    for (const to of ['x', 'x', null, null, '', 5]) said.push(await ask('title', { to }))
    const told = (t: unknown) => diff({ t })
    expect(said).toEqual([told('x'), okWith({}), told(null), okWith({}), told(''), told(5)])
  })
})

describe('a list with keys', () => {
  it('ends the page on a key that stands twice', async () => {
    const { client, page } = await open('/keyed')
    client.push(
      page.topic,
      'event',
      event('set', {
        items: [
          [1, 'a'],
          [1, 'b'],
        ],
      }),
    )
    await hearsOfCrash(client)
  })
})

describe('a message', () => {
  it('is followed by a frame when something that is shown was given another value, though it looks the same', async () => {
    const { live, client, ask } = await open('/products?filter=air')
    const stock = (id: number, stock: number) => announceStock(live.pubsub, id, stock)
    stock(2, 1)
    stock(2, 1)
    stock(77, 0)
    await ask('clear')
    stock(1, 5)
    expect(await ask('clear')).toEqual(okWith({}))
    expect(client.received('diff')).toEqual([{}])
  })
})

describe('navigation', () => {
  it('leads to a page without a live view by a page load', async () => {
    const { client, page } = await open('/nav/a/1')
    const patch = (url: string) => client.ask(page.topic, 'live_patch', { url })
    expect(await patch(`${origin}/hello`)).toEqual(okWith({ link_redirect: true }))
    expect(await patch(`${origin}/nav/b`)).toEqual(okWith({ link_redirect: true }))
  })

  it('goes on from the origin of the join, whatever address the client patched to', async () => {
    const { client, page, ask } = await open('/nav/a/1')
    const patch = (url: string) => client.ask(page.topic, 'live_patch', { url })
    expect(await patch('/nav/a/2')).toEqual(diff({ 2: { 0: '2', 2: '/nav/a/2' } }))
    expect(await patch('http://elsewhere.example/nav/a/3')).toEqual(
      diff({ 2: { 0: '3', 2: 'http://elsewhere.example/nav/a/3' } }),
    )
    expect(await ask('patch', { to: '/nav/a/4#x' })).toEqual(diff({ 2: { 0: '4', 2: `${origin}/nav/a/4#x` } }))
  })

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
    for (const to of ['https://elsewhere.example/a', 'mailto:somebody@elsewhere.example']) {
      const { ask } = await open('/nav/a/1')
      expect(await ask('external', { to })).toEqual(okWith({ redirect: { to, status: 302 } }))
    }
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
