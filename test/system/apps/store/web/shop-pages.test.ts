import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { addItem, emptyCart, itemIds } from '../../../../../system/apps/store/cart/cart.ts'
import { generateCartId } from '../../../../../system/apps/store/cart/cart-id.ts'
import { createCartTokens } from '../../../../../system/apps/store/cart/cart-token.ts'
import { createAdminTokens } from '../../../../../system/apps/store/channels/admin-socket.ts'
import type { Checkout } from '../../../../../system/apps/store/checkout/checkout.ts'
import { createOrders } from '../../../../../system/apps/store/checkout/order.ts'
import type { PurchaseResult } from '../../../../../system/apps/store/checkout/purchase.ts'
import { createStoreLive } from '../../../../../system/apps/store/live/live.ts'
import { errorPage } from '../../../../../system/apps/store/web/layout.ts'
import { type StoreRoutes, storeRoutes } from '../../../../../system/apps/store/web/routes.ts'
import { createSessions, sessionCookie } from '../../../../../system/apps/store/web/session.ts'
import { createWebServer } from '../../../../../system/node/web.ts'
import { silentLog as log } from '../../../../../system/platform/log.ts'
import { seededRandom } from '../../../../../system/platform/random.ts'
import { createFakeClock } from '../../../../support/channel-case.ts'
import { completeProducts, thresholds } from '../../../../support/complete-products.ts'

const secret = 's'.repeat(32)
const attemptsMax = 3
const stateOf = () => ({ released: false, sizeHtml: '', items: [] })
let web: FastifyInstance
/** These tests ask for no script. */
const assets = mkdtempSync(join(tmpdir(), 'squall-pages-test-'))
afterEach(() => web.close())
afterAll(() => rmSync(assets, { recursive: true }))

interface Setting {
  result?: PurchaseResult | Error
  earlier?: boolean
}

const order = { id: 5, items: [{ itemId: 1, priceUsd: 101 }], totalUsd: 101 }

async function setUp({
  result = { kind: 'purchase_complete', order, isRepeat: false },
  earlier = false,
}: Setting = {}) {
  const clock = createFakeClock()
  const tokens = createCartTokens({ secret, clock })
  const told: unknown[] = []
  const bought: unknown[] = []
  const checkout = {
    restoreCart: tokens.restore.bind(tokens),
    exportCart: tokens.sign,
    findOrder: async () => (earlier || bought.length > 0 ? order : undefined),
    async purchaseCart(cart: Parameters<typeof itemIds>[0], wish: object) {
      bought.push({ items: itemIds(cart), ...wish })
      if (result instanceof Error) throw result
      return result
    },
  } as unknown as Checkout
  const sessions = createSessions({ secret, clock, generateCartId })
  const options: StoreRoutes = {
    products: completeProducts,
    thresholds,
    clientHeartbeatMs: 30_000,
    sessions,
    checkout,
    buyCart: createOrders({
      checkout,
      tellTabs: async (cartId, after, removed) => void told.push({ cartId, left: itemIds(after), removed }),
      log,
    }),
    admin: {
      user: 'admin',
      password: 'password',
      attemptsMax,
      signAdminToken: createAdminTokens({ secret, clock }).sign,
    },
    noStore: true,
    live: createStoreLive({ secret, salt: 's'.repeat(32), clock, log, products: completeProducts, stateOf }),
    random: seededRandom(1),
    log,
  }
  const shop = { routes: (scope: FastifyInstance) => storeRoutes(scope, options), errorPage }
  web = await createWebServer({ apps: [shop], takeRequest: () => false, assets, log })
  return { web, tokens, told, bought, sessions, clock }
}

const cookieOf = (answer: { cookies: { name: string; value: string }[] }) =>
  Object.fromEntries(
    answer.cookies.filter(({ name }) => name === sessionCookie).map(({ name, value }) => [name, value]),
  )
const cartIdIn = (html: string) => /window\.cartId = "([^"]+)"/.exec(html)?.[1]
const fieldIn = (html: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''

it('answers an address that is none with a page, as every other (FI-16, NF-20)', async () => {
  const { web } = await setUp()
  const answer = await web.inject({ url: '/%E0%A4%A' })
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([400, 'text/html; charset=utf-8'])
  expect(answer.body).toContain('We cannot read this')
  expect(answer.body).not.toContain('FST_')
})

describe('the session of a browser', () => {
  it('keeps one cart id over pages and reloads; another browser has another (CT-16, CT-17, DF-83)', async () => {
    await setUp()
    const first = await web.inject('/')
    const cookies = cookieOf(first)
    const again = await web.inject({ url: '/checkout', cookies })
    expect(cartIdIn(first.body)).toHaveLength(64)
    expect(cartIdIn(again.body)).toBe(cartIdIn(first.body))
    expect(again.cookies).toEqual([])
    expect(cartIdIn((await web.inject('/')).body)).not.toBe(cartIdIn(first.body))
    expect(first.body).toContain('<div id="cart-container"')
  })

  it('cannot be read by scripts or changed by anybody (CT-18)', async () => {
    await setUp()
    const first = await web.inject('/')
    expect(first.cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' })
    const forged = { [sessionCookie]: `${cookieOf(first)[sessionCookie]}x` }
    expect(cartIdIn((await web.inject({ url: '/', cookies: forged })).body)).not.toBe(cartIdIn(first.body))
  })

  it('reaches a socket only with the token of its own page (CH-34, CH-35)', async () => {
    const { sessions } = await setUp()
    const page = await web.inject('/')
    const header = `other=1; ${sessionCookie}=${cookieOf(page)[sessionCookie]}`
    const token = /window\.csrfToken = "([^"]+)"/.exec(page.body)?.[1]
    expect(await sessions.ofSocket(header, token)).toMatchObject({ cartId: cartIdIn(page.body) })
    expect(await sessions.ofSocket(header, undefined)).toBeUndefined()
    expect(await sessions.ofSocket(header, 'guess')).toBeUndefined()
    expect(await sessions.ofSocket(undefined, token)).toBeUndefined()
  })
})

describe('the checkout', () => {
  async function visit(setting: Setting = {}) {
    const all = await setUp(setting)
    const page = await web.inject('/checkout')
    const full = addItem(emptyCart, 1)
    const serialized = await all.tokens.sign(full.ok ? full.cart : emptyCart)
    const form = { _csrf_token: fieldIn(page.body, '_csrf_token'), key: fieldIn(page.body, 'key'), serialized }
    const post = (own: Partial<Record<keyof typeof form, string>> = {}, cookies = cookieOf(page)) =>
      web.inject({
        method: 'POST',
        url: '/checkout',
        cookies,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ ...form, ...own }).toString(),
      })
    return { ...all, page, form, post }
  }

  it('buys the cart, tells the tabs and shows what was bought (CT-53, CT-59)', async () => {
    const { post, bought, told, form, page } = await visit()
    const answer = await post()
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/checkout/complete'])
    expect(bought).toEqual([{ items: [1], key: form.key, shopper: expect.stringMatching(/^[0-9a-f]{64}$/) }])
    expect(told).toEqual([{ cartId: cartIdIn(page.body), left: [], removed: [1] }])
    const complete = await web.inject({ url: '/checkout/complete', cookies: cookieOf(answer) })
    expect(complete.body).toContain('data-item-id="1"')
    expect(complete.body).toContain('window.cartAfter = "')
  })

  it('keeps the key of an attempt that nobody can say the end of, so that trying again buys once (CT-59)', async () => {
    const { post, form } = await visit({ result: new Error('no database') })
    const answer = await post()
    expect(answer.statusCode).toBe(503)
    expect(fieldIn(answer.body, 'key')).toBe(form.key)
    expect(answer.body).toContain('you will not pay twice')
    expect(answer.body).not.toContain('no database')
  })

  it('says that something sold out, and sells nothing (CT-55, CT-59)', async () => {
    const { post, told } = await visit({ result: { kind: 'purchase_failed', itemIds: [1] } })
    const answer = await post()
    expect(answer.statusCode).toBe(409)
    expect(answer.body).toContain('sold out')
    expect(told).toEqual([])
  })

  it('sells nothing without a cart (CT-58)', async () => {
    const { post, bought } = await visit()
    for (const serialized of ['', 'garbage']) expect((await post({ serialized })).statusCode).toBe(422)
    expect(bought).toEqual([])
  })

  it('finds the order again when its answer got lost and the cart is empty by now', async () => {
    const { post } = await visit({ earlier: true })
    expect((await post({ serialized: '' })).statusCode).toBe(303)
  })

  it('takes out of the cart what an order has, and not what came into it since (CT-59)', async () => {
    const { post, tokens, told } = await visit({ result: { kind: 'purchase_complete', order, isRepeat: true } })
    const more = [2, 1].reduce((cart, itemId) => {
      const added = addItem(cart, itemId)
      return added.ok ? added.cart : cart
    }, emptyCart)
    expect((await post({ serialized: await tokens.sign(more) })).statusCode).toBe(303)
    expect(told).toMatchObject([{ left: [2], removed: [1] }])
  })

  it('refuses a form that did not come from the shop, and one without a key', async () => {
    const { post, bought } = await visit()
    expect((await post({ _csrf_token: 'guess' })).statusCode).toBe(403)
    expect((await post({}, {})).statusCode).toBe(403)
    expect((await post({ key: 'short' })).statusCode).toBe(400)
    expect(bought).toEqual([])
  })

  it('has nothing to show before the first order (CT-53)', async () => {
    const { page } = await visit()
    const answer = await web.inject({ url: '/checkout/complete', cookies: cookieOf(page) })
    expect(answer.statusCode).toBe(404)
  })
})

describe('the page of the dashboard', () => {
  const login = (user: string, password: string) => ({
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  })
  const ask = (headers = {}) => web.inject({ url: '/admin', headers })

  it('asks for the password, and takes no other (PA-31, DF-32)', async () => {
    await setUp()
    const answer = await ask()
    expect([answer.statusCode, answer.headers['www-authenticate']]).toEqual([
      401,
      expect.stringMatching(/^basic realm=/i),
    ])
    expect((await ask(login('admin', 'passwort'))).statusCode).toBe(401)
    expect((await ask(login('admin', 'password'))).statusCode).toBe(200)
  })

  it('has its own scripts, no cart and no cart id (PA-32, PA-33, PA-37)', async () => {
    await setUp()
    const { body } = await ask(login('admin', 'password'))
    for (const part of [
      'class="admin-container"',
      'Admin Dashboard',
      'window.adminToken',
      '/js/admin.js',
      '/css/admin.css',
    ])
      expect(body).toContain(part)
    for (const part of ['cart-container', 'cartId']) expect(body).not.toContain(part)
    expect([...body.matchAll(/data-item-id="(\d+)"/g)].map(([, id]) => id)).toEqual(['1', '2', '3'])
  })

  it('stops those who guess, and nobody who knows (PA-31)', async () => {
    await setUp()
    for (let n = 0; n < attemptsMax * 2; n += 1) expect((await ask(login('admin', 'password'))).statusCode).toBe(200)
    for (let n = 0; n < attemptsMax; n += 1) expect((await ask(login('admin', `guess ${n}`))).statusCode).toBe(401)
    const stopped = await ask(login('admin', 'guess'))
    expect([stopped.statusCode, stopped.headers['retry-after']]).toEqual([429, '60'])
  })
})

describe('live pages', () => {
  it('carry the root element and the generic script, and `/` neither (LV-12, LV-17)', async () => {
    await setUp()
    for (const url of ['/drops', '/drops/by-component', '/drops/finder', '/counter']) {
      const { body, headers, statusCode } = await web.inject(url)
      expect([url, statusCode, headers['cache-control']]).toEqual([url, 200, 'no-store, must-revalidate'])
      expect(body).toMatch(/<div id="phx-[^"]+" data-phx-main data-phx-session="[^"]+" data-phx-static="[^"]+"><main/)
      expect(body).toContain('src="/assets/live.js"')
    }
    expect((await web.inject('/')).body).not.toMatch(/data-phx|live\.js/)
  })

  it('keep the cart outside of the live view, and the counter has none (LV-25)', async () => {
    await setUp()
    const { body } = await web.inject('/drops')
    expect(body).toMatch(/<\/main><\/div>\s*<div id="cart-container"/)
    expect((await web.inject('/counter')).body).not.toMatch(/cart-container|cartId|app\.js/)
  })

  it('begin the counter with a number from 1 to 100 000 (LV-16)', async () => {
    await setUp()
    const counts = new Set<number>()
    for (let n = 0; n < 20; n += 1)
      counts.add(Number(/Current count: (\d+)/.exec((await web.inject('/counter')).body)![1]))
    expect(counts.size).toBeGreaterThan(15)
    for (const count of counts) expect(count >= 1 && count <= 100_000).toBe(true)
  })
})
