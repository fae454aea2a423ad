import { describe, expect, it } from 'vitest'
import { type GivenPage, recordPage } from '../../../../../harness/apps/store/answers.ts'
import { pagesMatchDatabase } from '../../../../../harness/apps/store/checkers/pages-match-database.ts'
import { pagesServedProperly } from '../../../../../harness/apps/store/checkers/pages-served-properly.ts'
import type { FinalOrder } from '../../../../../harness/apps/store/checkers/stock.ts'
import type { PageSight } from '../../../../../harness/apps/store/pages/page-sight.ts'
import { parsePage } from '../../../../../harness/apps/store/pages/parse-page.ts'
import type { ServedPage } from '../../../../../harness/apps/store/pages/served-page.ts'
import type { Product } from '../../../../../system/apps/store/catalog/product.ts'
import { adminPage } from '../../../../../system/apps/store/web/admin-page.ts'
import { checkoutPage, completePage } from '../../../../../system/apps/store/web/checkout-pages.ts'
import { errorPage } from '../../../../../system/apps/store/web/layout.ts'
import { productPage } from '../../../../../system/apps/store/web/pages.ts'
import { final, historyOf, stall, type TestEvent } from '../../../../support/histories.ts'

const item = (id: number, size: string, availableCount: number) => ({
  id,
  productId: 1,
  sku: `sku-${id}`,
  size,
  availableCount,
  version: 1,
})
const gale: Product = {
  id: 1,
  sku: 'PHX-1',
  brand: 'Squall & Co',
  name: 'Gale <light> "23"',
  color: 'ember',
  priceUsd: 189,
  mainImageUrl: '#shoe',
  released: true,
  items: [
    item(1, '6', 0),
    item(2, '7', 1),
    item(3, '8', 149),
    item(4, '9', 150),
    item(5, '10½', 499),
    item(6, '11', 500),
  ],
}
const later: Product = { ...gale, id: 2, name: 'Doldrum', released: false, items: [item(9, '6', 5)] }

const catalogueOf = (products: readonly Product[]) => ({
  products: products.map(({ mainImageUrl, ...product }) => ({ ...product, imageUrl: mainImageUrl })),
})
const catalogue = catalogueOf([later, gale])
const order: FinalOrder = {
  id: 7,
  shopper: 'hash',
  key: 'key',
  totalUsd: 378,
  itemIds: [2, 3],
  lines: [
    { itemId: 2, priceUsd: 189 },
    { itemId: 3, priceUsd: 189 },
  ],
  soldItemIds: [2, 3],
  soldUsd: 378,
}

const visit = { cartId: 'c'.repeat(64), formToken: 'token' }
const script = { clientHeartbeatMs: 1_000 }
const shop = (products: readonly Product[] = [later, gale]) =>
  parsePage(productPage(products, { ...script, thresholds: { lowBelow: 150, mediumBelow: 500 } }, visit))
const complete = (one: Partial<FinalOrder> = {}) => {
  const { id, lines = [], totalUsd } = { ...order, ...one }
  return parsePage(
    completePage({ visit, script, order: { id, items: lines, totalUsd }, products: [later, gale], cartAfter: 'after' }),
  )
}
const row = (itemId: string, more: object = {}) => ({
  itemId,
  name: 'Squall & Co Gale <light> "23"',
  size: 'size 7',
  price: '$189',
  isGray: false,
  removes: itemId,
  label: 'Remove Gale <light> "23", size 7',
  ...more,
})
const withCart = (sight: PageSight, cart: Partial<PageSight['cart'] & object>): PageSight => ({
  ...sight,
  cart: {
    title: 'Your cart',
    rows: [row('2')],
    warning: '',
    total: 'Total $189',
    checkout: '/checkout',
    link: 'Cart, 1 shoe',
    ...cart,
  },
})

const served = (path: string, sight: PageSight, node = 'n1') =>
  final('served-page', { path, visitor: 'new', status: 200, headers: {}, setCookies: [], sight }, 'visitor', node)
const open = (path: string, sight: PageSight) => final('open-page', { path, sight }, 'alice', 'n2')

describe('pages-match-database', () => {
  const check = (...events: TestEvent[]) =>
    pagesMatchDatabase.check(historyOf(final('catalogue', catalogue), final('orders', [order]), ...events))

  it('passes for what the pages of the system show, in whichever letters', () => {
    const { outcome, why } = check(
      served('/', shop()),
      served('/checkout', parsePage(checkoutPage({ visit, script, key: 'k'.repeat(16) }))),
      served('/checkout/complete', complete()),
      served('/admin', parsePage(adminPage({ products: [later, gale], adminToken: 't', script }))),
    )
    expect([outcome, why]).toEqual(['passed', '4 pages show what the database holds'])
  })

  it.each<[string, (product: Product) => Product, string]>([
    [
      'a count',
      (one) => ({ ...one, items: one.items.map((size) => ({ ...size, availableCount: 7 })) }),
      'size 6 of product 1 as low, and the database has 0 left',
    ],
    ['a name', (one) => ({ ...one, name: 'Gale' }), 'the name "Gale" instead of "Gale <light> \\"23\\"" of product 1'],
    ['a price', (one) => ({ ...one, priceUsd: 18 }), 'the price "$18" instead of "$189" of product 1'],
    ['a release', (one) => ({ ...one, released: false }), 'product 1 as "coming soon...", and it is released'],
    [
      'a size',
      (one) => ({ ...one, items: one.items.slice(1) }),
      'the items [2,3,4,5,6] of product 1 instead of [1,2,3,4,5,6]',
    ],
  ])('is violated when one node shows %s otherwise', (_what, change, sentence) => {
    const { outcome, why } = check(served('/', shop()), served('/', shop([later, change(gale)]), 'n2'))
    expect(outcome).toBe('violated')
    expect(why).toContain("wrong page: n2's / shows")
    expect(why).toContain(sentence)
  })

  it.each([149, 499, 0])('knows the level of %d pairs from that of one more', (count) => {
    const more = { ...gale, items: [item(1, '6', count + 1)] }
    const truth = catalogueOf([{ ...gale, items: [item(1, '6', count)] }])
    const events = [final('catalogue', truth), served('/', shop([more]))]
    expect(pagesMatchDatabase.check(historyOf(...events)).outcome).toBe('violated')
  })

  it('is violated when a product is not yet released and has sizes, or stands at another place', () => {
    expect(check(served('/', shop([{ ...later, released: true }, gale]))).why).toContain('product 2 as released')
    expect(check(served('/', shop([gale, later]))).why).toContain('the products [1,2] instead of [2,1]')
  })

  it('is violated when a name is not escaped', () => {
    const html = productPage([gale], { ...script, thresholds: { lowBelow: 150, mediumBelow: 500 } }, visit)
    const raw = html.replace('Gale &lt;light&gt; &quot;23&quot;</h2>', `${gale.name}</h2>`)
    const truth = final('catalogue', catalogueOf([gale]))
    expect(pagesMatchDatabase.check(historyOf(truth, served('/', parsePage(html)))).outcome).toBe('passed')
    expect(pagesMatchDatabase.check(historyOf(truth, served('/', parsePage(raw)))).outcome).toBe('violated')
  })

  it.each<[string, Partial<PageSight['cart'] & object>, string]>([
    [
      'an item as available that is gone',
      { rows: [row('1', { size: 'size 6' })] },
      'the gray false instead of true of item 1',
    ],
    ['a sum', { total: 'Total $378' }, 'the total "Total $378" instead of "Total $189" of the cart'],
    ['a size', { rows: [row('2', { size: 'size 9' })] }, 'the size "size 9" instead of "size 7" of item 2'],
    ['a warning', { warning: 'One shoe has sold out.' }, 'the warning'],
    [
      'another number at the top of the page',
      { link: 'Cart, 2 shoes' },
      'the link "Cart, 2 shoes" instead of "Cart, 1 shoe"',
    ],
    ['no way to the checkout', { checkout: '' }, 'the checkout "" instead of "/checkout"'],
    [
      'the name of another item for those who cannot see it',
      { rows: [row('2', { label: 'Remove' })] },
      'the label "Remove"',
    ],
    ['items out of order', { rows: [row('3'), row('2')] }, 'the cart in the order [3,2]'],
    ['what it does not sell', { rows: [row('99')] }, 'the unknown item 99 in the cart'],
  ])('is violated when the cart of a tab shows %s', (_what, cart, sentence) => {
    expect(check(open('/', withCart(shop(), {}))).outcome).toBe('passed')
    const { outcome, why } = check(open('/', withCart(shop(), cart)))
    expect(outcome).toBe('violated')
    expect(why).toContain(sentence)
  })

  it('is violated when an empty cart can be bought, or a form lacks a field', () => {
    const sight = parsePage(checkoutPage({ visit, script, key: 'k'.repeat(16) }))
    expect(check(open('/checkout', { ...sight, form: { ...sight.form!, isDisabled: false } })).why).toContain(
      'the disabled false',
    )
    const full = { ...sight, form: { ...sight.form!, isFilled: true, isHidden: false, isDisabled: false } }
    expect(check(open('/checkout', withCart(full, { title: '', checkout: '', link: '' }))).outcome).toBe('passed')
    const empty = { ...full.form, isHidden: true, isDisabled: true }
    expect(check(open('/checkout', { ...sight, form: empty })).why).toContain('an empty cart without a word')
    expect(check(open('/checkout', { ...sight, form: { ...empty, isEmptyHidden: false } })).outcome).toBe('passed')
    expect(check(open('/checkout', { ...sight, form: { ...empty, isHidden: false } })).why).toContain(
      'a form to buy nothing with',
    )
    const said = { ...full, form: { ...full.form, isEmptyHidden: false } }
    expect(check(open('/checkout', withCart(said, { title: '', checkout: '', link: '' }))).why).toContain(
      'that the cart is empty, and it is not',
    )
    const { key: _key, ...fields } = sight.form!.fields
    expect(check(open('/checkout', { ...sight, form: { ...sight.form!, fields } })).why).toContain(
      'a form with the fields',
    )
  })

  const finder = (summary: string, ...texts: string[]): PageSight => ({
    ...parsePage(''),
    finder: { summary, finds: texts.map((text) => ({ productId: text[0]!, text: text.slice(3) })) },
  })
  const [soon, gone] = ['2: Squall & Co Doldrum coming soon', '1: Squall & Co Gale <light> "23" sold out']

  it('passes for a finder that finds what comes in a size, and for one that was asked for none', () => {
    for (const sight of [
      finder('2 shoes come in 6.', soon, gone),
      finder('One shoe comes in 10½.', gone.replace('sold out', 'going')),
      finder('No shoes come in 99.'),
      finder('Type a size, such as 8 or 9.5.'),
    ])
      expect(check(open('/drops/finder', sight)).outcome).toBe('passed')
  })

  it.each<[string, PageSight]>([
    [
      'the level of one that is not released',
      finder('2 shoes come in 6.', soon.replace('coming soon', 'few left'), gone),
    ],
    ['another level', finder('2 shoes come in 6.', soon, gone.replace('sold out', 'plenty'))],
    ['too few', finder('One shoe comes in 6.', soon)],
    ['another number', finder('One shoe comes in 6.', soon, gone)],
    ['what nobody asked for', finder('Type a size, such as 8 or 9.5.', soon)],
  ])('is violated by a finder that shows %s', (_what, sight) => {
    expect(check(open('/drops/finder', sight)).outcome).toBe('violated')
  })

  it.each<[string, Partial<FinalOrder>, string]>([
    ['a total', { totalUsd: 189 }, 'the total $189 of order 7 instead of $378'],
    ['a line', { lines: [{ itemId: 2, priceUsd: 189 }] }, 'the lines'],
    ['an order', { id: 8 }, 'order 8, which is not in the database'],
  ])('is violated when the page after a purchase shows %s of its own', (_what, change, sentence) => {
    expect(check(open('/checkout/complete', complete(change))).why).toContain(sentence)
  })

  it("is violated when a shopper is shown somebody else's order, or none", () => {
    const page = (sight: PageSight, key: string) =>
      final('order-page', { path: '/checkout/complete', status: 200, sight, key }, 'ann', 'n2')
    expect(check(served('/', shop()), page(complete(), 'key')).outcome).toBe('passed')
    expect(check(served('/', shop()), page(complete(), 'another')).why).toContain(
      'which is not the one that was made last',
    )
    expect(check(served('/', shop()), page(parsePage('<p>No order yet</p>'), 'key')).why).toContain('shows no order')
  })

  it('is violated when a cart is sent with something else than the database has', () => {
    const line = {
      id: 2,
      brand: 'Squall & Co',
      color: 'ember',
      name: gale.name,
      price_usd: 189,
      main_image_url: '#shoe',
      released: true,
      size: '7',
      sku: 'sku-2',
      out_of_stock: false,
    }
    const sent = (...lines: object[]) => check(served('/', shop()), final('cart-lines', lines, 'ann', 'n1'))
    expect(sent(line).outcome).toBe('passed')
    expect(sent({ ...line, price_usd: 1 }).why).toContain(
      "ann's (n1) cart was sent with the price_usd 1 instead of 189 of item 2",
    )
    expect(sent({ ...line, out_of_stock: true }).outcome).toBe('violated')
    expect(sent({ ...line, id: 99 }).why).toContain('the unknown item 99')
    expect(sent(line, line).why).toContain('the items in the order [2,2]')
  })

  it('is violated when an open page says that its connection is lost, and it is not', () => {
    const joins = (connected: boolean) => final('joined', { connected, expected: [], joined: [] }, 'alice', 'n2')
    const says = (path: string, sight: PageSight, connection: string, connected = true) =>
      check(joins(connected), open(path, { ...sight, connection }))
    expect(says('/', shop(), '').outcome).toBe('passed')
    expect(says('/', shop(), 'The shop does not answer.').why).toBe(
      'wrong page: alice\'s (n2) / says "The shop does not answer.", and it is connected',
    )
    expect(says('/', shop(), 'The shop does not answer.', false).outcome).toBe('passed')
    const admin = parsePage(adminPage({ products: [later, gale], adminToken: 't', script }))
    expect(admin.connection).toBe('Connecting')
    expect(says('/admin', admin, 'Live, checked 3 s ago').outcome).toBe('passed')
    for (const text of ['Connecting', 'No answer. These numbers are 9 s old', ''])
      expect(says('/admin', admin, text).outcome).toBe('violated')
  })

  it('is unknown when the machine stood still before an open page said that its connection is lost', () => {
    const events = [
      final('joined', { connected: true, expected: [], joined: [] }, 'alice', 'n2'),
      open('/', { ...shop(), connection: 'The shop does not answer.' }),
    ]
    expect(check(...events).outcome).toBe('violated')
    expect(check(stall(0, 2_000), ...events)).toMatchObject({
      outcome: 'unknown',
      why: expect.stringContaining('the machine stood still for 2000 ms'),
    })
  })

  it('is unknown without pages or without the database', () => {
    expect(check().outcome).toBe('unknown')
    expect(pagesMatchDatabase.check(historyOf(served('/', shop()))).outcome).toBe('unknown')
  })
})

describe('pages-served-properly', () => {
  const cookie = '_sneakers23=[value]; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax'
  const page = (more: Partial<ServedPage> = {}): ServedPage => ({
    path: '/',
    visitor: 'new',
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store, must-revalidate' },
    setCookies: [cookie],
    session: 'a',
    cartIdLength: 64,
    ...more,
  })
  const check = (...pages: ServedPage[]) =>
    pagesServedProperly.check(historyOf(...pages.map((one) => final('served-page', one, 'visitor', 'n1'))))

  it('passes for a new visitor, and for the same one on another page', () => {
    expect(check(page(), page({ visitor: 'known', setCookies: [] })).outcome).toBe('passed')
  })

  it.each<[string, Partial<ServedPage>]>([
    ['another status', { status: 500 }],
    ['another content type', { headers: { ...page().headers, 'content-type': 'text/plain' } }],
    [
      'a page that caches keep',
      { headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'private' } },
    ],
    ['no session', { setCookies: [] }],
    ['two cookies', { setCookies: [cookie, cookie] }],
    ['a cookie that scripts read', { setCookies: [cookie.replace('; HttpOnly', '')] }],
    ['a cookie that other sites send', { setCookies: [cookie.replace('Lax', 'None')] }],
    ['a cookie of one folder', { setCookies: [cookie.replace('Path=/', 'Path=/checkout')] }],
    ['a cookie that ends soon', { setCookies: [cookie.replace('2592000', '2592')] }],
    ['a cookie of a domain', { setCookies: [`${cookie}; Domain=example.com`] }],
    ['a short id of a cart', { cartIdLength: 12 }],
  ])('is violated by %s', (_what, change) => {
    expect(check(page(change)).outcome).toBe('violated')
  })

  it('is violated when a known visitor gets a new session, or two new ones the same', () => {
    expect(check(page(), page({ visitor: 'known' })).why).toContain('sets a cookie')
    expect(check(page(), page({ visitor: 'known', setCookies: [], session: 'b' })).why).toContain(
      'another cart than before',
    )
    expect(check(page(), page()).why).toContain('two new visitors were given the same cart')
  })

  it('lets the shop be stored where the scenario allows it', () => {
    const headers = { 'content-type': 'text/html; charset=utf-8' }
    expect(check(page({ headers, mayBeStored: true })).outcome).toBe('passed')
    expect(check(page({ path: '/checkout', headers, mayBeStored: true })).outcome).toBe('violated')
  })

  it('is violated when a file is sent again to a browser that has it', () => {
    const again = (status: number) => page({ path: '/assets/app.js', visitor: 'again', status, setCookies: [] })
    expect(check(again(304)).outcome).toBe('passed')
    expect(check(again(200)).outcome).toBe('violated')
  })

  const given = (more: Partial<GivenPage> = {}): TestEvent => ({
    who: 'ann',
    type: 'read',
    operation: 'given-page',
    value: {
      request: 'GET /checkout/complete of n1',
      status: 200,
      cacheControl: 'no-store',
      holds: ['the cart id'],
      ...more,
    },
  })
  const checkGiven = (more: Partial<GivenPage>) =>
    pagesServedProperly.check(historyOf(final('served-page', page(), 'visitor', 'n1'), given(more)))

  it('is violated when somebody was given a secret that caches may keep', () => {
    expect(checkGiven({}).outcome).toBe('passed')
    expect(checkGiven({ cacheControl: undefined }).why).toBe(
      'badly served: the answer to GET /checkout/complete of n1 gave ann the cart id, and caches may keep it: its cache-control is nothing',
    )
    expect(checkGiven({ cacheControl: 'private' }).outcome).toBe('violated')
    expect(checkGiven({ cacheControl: undefined, holds: [] }).outcome).toBe('passed')
  })

  it('lets only what the shop shows to everybody be stored where the scenario allows it', () => {
    const check = (request: string) =>
      pagesServedProperly.check(
        historyOf(
          final('served-page', page({ mayBeStored: true }), 'visitor', 'n1'),
          given({ request, cacheControl: undefined }),
        ),
      ).outcome
    expect(['GET / of n1', 'GET /counter of n1'].map(check)).toEqual(['passed', 'passed'])
    expect(['GET /checkout of n1', 'POST /checkout of n1', 'GET /admin of n1'].map(check)).toEqual(
      Array.from({ length: 3 }, () => 'violated'),
    )
  })

  it('is violated when a failure tells what is inside', () => {
    const failed = { status: 500, holds: [] }
    expect(checkGiven(failed).outcome).toBe('passed')
    expect(checkGiven({ ...failed, reveals: 'connect ECONNREFUSED' }).why).toContain('tells ann what is inside')
  })

  it.each<[string, string, string | undefined]>([
    ['says nothing of itself', 'We are on it. Please try again.', undefined],
    ['names an address', 'connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED 127.0.0.1:5432'],
    ['names what ended', 'Connection terminated unexpectedly', 'Connection terminated unexpectedly'],
    ['names a part', 'the database connection was lost', 'the database connection was lost'],
  ])('reads from an answer that fails and %s', (_what, text, reveals) => {
    const events: { operation?: string; value?: unknown }[] = []
    const body = errorPage('Something broke', text)
    const record = (event: object) => void events.push(event)
    recordPage({ record } as never, {
      who: 'ann',
      request: 'GET /',
      status: 500,
      cacheControl: undefined,
      cookies: [],
      body,
    })
    const one = events.find(({ operation }) => operation === 'given-page')
    expect(one?.value).toMatchObject({ status: 500, ...(reveals && { reveals }) })
    expect(Object.hasOwn(one?.value as GivenPage, 'reveals')).toBe(reveals !== undefined)
  })

  it('is unknown when nobody asked', () => expect(check().outcome).toBe('unknown'))
})
