import { createHmac, hkdfSync, randomUUID } from 'node:crypto'
import type { Row } from './row.ts'
import { joinOf } from './topic-rows.ts'
import { shopAt, type World } from './world.ts'

/** STORE_LIVE_SALT of the nodes. */
export const liveSalt = 'the salt that signs live pages in the table of access'

const ageMaxS = 14 * 86_400
const skewMaxS = 300
const marginS = 60

interface Minting {
  secret: string
  salt?: string
  content: object
  ageS?: number
}

/** Makes a token of a live page as a node would (LV-10). */
function mintLive({ secret, salt = liveSalt, content, ageS = 0 }: Minting): string {
  const signedAtS = Math.floor(Date.now() / 1_000) - ageS
  const body = Buffer.from(JSON.stringify({ content, signedAtS, nonce: randomUUID() })).toString('base64url')
  const key = new Uint8Array(hkdfSync('sha256', secret, salt, 'live page', 32))
  return `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`
}

interface LivePage {
  id: string
  session: string
  staticToken: string
}

async function pageAt({ anna, home }: World, path: string): Promise<LivePage> {
  const { body, status } = await anna.visitor.request(`${home.directUrl}${path}`, { headers: { cookie: anna.cookie } })
  const [, id, session, staticToken] =
    /<div id="([^"]+)" data-phx-main data-phx-session="([^"]+)" data-phx-static="([^"]+)"/.exec(body) ?? []
  if (!id || !session || !staticToken) throw new Error(`${path} holds no live page (status ${status})`)
  anna.visitor.owns('the session of a live page', session)
  return { id, session, staticToken }
}

/** What a client of a live page sends; whatever is not said is as it should be. */
interface Try {
  cookie?: string | undefined
  formToken?: string | undefined
  id?: string
  session?: unknown
  staticToken?: unknown
  path?: string
  url?: string
  redirect?: string
}

/** Who may join which live page: the tokens of its element, the session of the browser, and the address (LV-10..LV-12, CH-35). */
export async function liveRows(world: World): Promise<Row[]> {
  const { away, anna, ben, tokens, secrets, visitorOf } = world
  const secret = secrets.keyBase
  const [page, other, counter] = [
    await pageAt(world, '/drops'),
    await pageAt(world, '/drops'),
    await pageAt(world, '/counter'),
  ]
  const fresh = await shopAt(away.directUrl, anna.visitor, anna.cookie)
  const content = { kind: 'session', id: page.id, view: 'Drops', liveSession: 'shop', session: {} }
  const minted = (changes: object, more: Partial<Minting> = {}) =>
    mintLive({ secret, content: { ...content, ...changes }, ...more })
  const [body = '', signature = ''] = page.session.split('.')
  const [otherBody = ''] = other.session.split('.')
  const stale = 'refused: stale'
  const unauthorized = 'refused: unauthorized'

  const tries: [visitor: string, tried: Try, expected: string][] = [
    ['a browser at another node', {}, 'allowed'],
    ['a browser with the form token of another page', { formToken: fresh.formToken }, 'allowed'],
    ['a browser without the second token', { staticToken: null }, 'allowed'],
    ['a page of another site, which cannot read the form token,', { formToken: undefined }, stale],
    ['a client without a cookie', { cookie: undefined }, stale],
    ['a browser with the cookie of another', { cookie: ben.cookie }, stale],
    ['a browser with the form token of another', { formToken: ben.formToken }, stale],
    ['a browser with most of a form token', { formToken: anna.formToken.slice(0, -1) }, stale],
    ['a browser with a broken cookie', { cookie: `${anna.cookie}A` }, stale],
    ['a browser with the tokens of another page', { session: other.session, staticToken: other.staticToken }, stale],
    ['a browser with the session of another page', { session: other.session }, stale],
    ['a browser with the second token of another page', { staticToken: other.staticToken }, stale],
    ['a browser with a page that nobody has', { id: `${page.id}0` }, stale],
    ['a browser with the begin of the id of a page', { id: page.id.slice(0, -1) }, stale],
    ['a browser with both tokens exchanged', { session: page.staticToken, staticToken: page.session }, stale],
    ['a browser with one token for both', { staticToken: page.session }, stale],
    ['a browser without a session', { session: '' }, stale],
    ['a browser with a session that is null', { session: null }, stale],
    ['a browser with most of a session', { session: page.session.slice(0, -1) }, stale],
    ['a browser with more than a session', { session: `${page.session}A` }, stale],
    ['a browser with an unsigned session', { session: `${body}.` }, stale],
    ['a browser with a session without signature', { session: body }, stale],
    ['a browser with the content of another session', { session: `${otherBody}.${signature}` }, stale],
    ...Object.entries(tokens).map(([purpose, { good }]): [string, Try, string] => [
      `a browser with a token of the purpose ${purpose}`,
      { session: good },
      stale,
    ]),
    ['a browser with a session as it is stated', { session: minted({}) }, 'allowed'],
    ['a browser with a session of another secret', { session: minted({}, { secret: 'o'.repeat(96) }) }, stale],
    ['a browser with a session of another salt', { session: minted({}, { salt: `${liveSalt}.` }) }, stale],
    [
      'a browser with a session shortly before its end',
      { session: minted({}, { ageS: ageMaxS - marginS }) },
      'allowed',
    ],
    ['a browser with a session shortly after its end', { session: minted({}, { ageS: ageMaxS + marginS }) }, stale],
    [
      'a browser with a session of a node whose clock is ahead',
      { session: minted({}, { ageS: marginS - skewMaxS }) },
      'allowed',
    ],
    ['a browser with a session of the far future', { session: minted({}, { ageS: -skewMaxS - marginS }) }, stale],
    ['a browser with a note instead of a session', { session: minted({ kind: 'flash', flash: {} }) }, stale],
    ['a browser with a session of a page that is gone', { session: minted({ view: 'Gone' }) }, stale],
    ['a browser with a session of a view in a page that is gone', { session: minted({ parent: 'gone-1' }) }, stale],
    ['a browser with the address of another host', { url: 'https://elsewhere.example/drops' }, 'allowed'],
    ['a browser with the address of another view', { path: '/drops/finder' }, unauthorized],
    ['a browser with the address of no live page', { path: '/checkout' }, unauthorized],
    ['a browser with an address without a host', { url: 'drops' }, 'refused: join crashed'],
    ['a browser with an address of nothing', { url: 'nowhere' }, unauthorized],
    ['a browser that goes on to another view', { redirect: '/drops/finder' }, 'allowed'],
    ['a browser that goes on to no live page', { redirect: '/checkout' }, unauthorized],
    [
      'a browser that goes on from another live session',
      { session: minted({ liveSession: 'shops' }), redirect: '/drops' },
      unauthorized,
    ],
    ['a browser with a page of another live session', { session: minted({ liveSession: 'shops' }) }, unauthorized],
    [
      'a browser that goes on from a page without an address',
      { id: counter.id, session: counter.session, staticToken: counter.staticToken, redirect: '/drops' },
      unauthorized,
    ],
    [
      'a browser with a page without an address',
      { id: counter.id, session: counter.session, staticToken: counter.staticToken, path: '/counter' },
      'allowed',
    ],
  ]

  async function join(tried: Try): Promise<string> {
    const given = {
      cookie: anna.cookie,
      formToken: anna.formToken,
      id: page.id,
      session: page.session,
      staticToken: page.staticToken,
      path: '/drops',
      ...tried,
    }
    const query = new URLSearchParams({
      vsn: '2.0.0',
      ...(given.formToken !== undefined && { _csrf_token: given.formToken }),
    })
    const headers = given.cookie === undefined ? {} : { cookie: given.cookie }
    const visitor = visitorOf('anna')
    const line = await visitor.connect(`${away.directUrl}/live/websocket?${query}`, headers)
    const address =
      given.redirect === undefined
        ? { url: given.url ?? `${away.directUrl}${given.path}` }
        : { redirect: `${away.directUrl}${given.redirect}` }
    const outcome = await joinOf(line, `lv:${given.id}`, {
      ...address,
      session: given.session,
      static: given.staticToken,
      params: { _mounts: 0 },
    })
    visitor.leave()
    return outcome
  }

  return tries.map(([visitor, tried, expected]) => ({
    visitor,
    action: 'join a live page',
    node: away.name,
    expected,
    ids: ['LV-10', 'LV-11', 'CH-35'],
    attempt: () => join(tried),
  }))
}
