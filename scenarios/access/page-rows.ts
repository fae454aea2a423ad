import { byStatus, type Row, type Sequence } from './row.ts'
import { sessionOf } from './token-rows.ts'
import { basic, cartIdIn, cookieIn, joinCart, rightLogin, type Shopper, shopAt, userAt, type World } from './world.ts'

/** Pages, forms and orders of shoppers, and the page of those who run the shop. */
export const pageSequences = (world: World): Sequence[] => [
  ...formRows(world).map((row) => [row]),
  ...sessionRows(world).map((row) => [row]),
  orderSequence(world),
  alternating(world),
  ...storageRows(world).map((row) => [row]),
]

// --- forms ---

interface Form {
  cookie?: string
  token?: string
  key?: string
  query?: string
}

async function post({ visitorOf }: World, url: string, { cookie, token, key, query = '' }: Form, as = 'anna') {
  const form = new URLSearchParams({
    ...(token !== undefined && { _csrf_token: token }),
    ...(key !== undefined && { key }),
  })
  return visitorOf(as).request(`${url}/checkout${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...(cookie && { cookie }) },
    body: form.toString(),
  })
}

/** A form that is taken has no cart in it here, so that it buys nothing. */
const taken = (status: number) => (status === 422 ? 'allowed' : byStatus(status))

/** Who may send which form (CT-54..CT-58). */
function formRows(world: World): Row[] {
  const { anna, ben, home, away } = world
  const own = { cookie: anna.cookie, token: anna.formToken, key: anna.key }
  const again = () => shopAt(away.directUrl, anna.visitor, anna.cookie)
  const forms: [visitor: string, expected: string, form: () => Form | Promise<Form>][] = [
    ['a shopper with the form of another node', 'allowed', () => own],
    ['a shopper with the form of a second tab', 'allowed', async () => ({ ...own, token: (await again()).formToken })],
    ['a shopper with the form of another shopper', 'refused with 403', () => ({ ...own, token: ben.formToken })],
    ['a shopper with the cookie of another', 'refused with 403', () => ({ ...own, cookie: ben.cookie })],
    ['a form without a cookie', 'refused with 403', () => ({ token: own.token, key: own.key })],
    ['a form without a token', 'refused with 403', () => ({ cookie: own.cookie, key: own.key })],
    ['a form with an empty token', 'refused with 403', () => ({ ...own, token: '' })],
    ['a form with a token cut short', 'refused with 403', () => ({ ...own, token: own.token.slice(0, -1) })],
    ['a form with a token that is longer', 'refused with 403', () => ({ ...own, token: `${own.token}A` })],
    ['a form with half a token', 'refused with 403', () => ({ ...own, token: own.token.split('-')[0] ?? '' })],
    [
      'a form whose token is in its address',
      'refused with 403',
      () => ({ cookie: own.cookie, key: own.key, query: `?_csrf_token=${own.token}` }),
    ],
    ['a form whose token is its order key', 'refused with 403', () => ({ ...own, token: own.key })],
    ['a form with a broken cookie', 'refused with 403', () => ({ ...own, cookie: `${own.cookie}A` })],
    ['a form without an order key', 'refused with 400', () => ({ cookie: own.cookie, token: own.token })],
    ['a form with a short order key', 'refused with 400', () => ({ ...own, key: own.key.slice(0, 15) })],
    ['a form with a long order key', 'refused with 400', () => ({ ...own, key: 'k'.repeat(65) })],
    [
      'a form with an order key of other letters',
      'refused with 400',
      () => ({ ...own, key: `${own.key.slice(0, 20)}'; --` }),
    ],
    ['a form with the shortest order key', 'allowed', () => ({ ...own, key: 'k'.repeat(16) })],
    ['a form with the longest order key', 'allowed', () => ({ ...own, key: 'k'.repeat(64) })],
  ]
  return forms.flatMap(([visitor, expected, form]) =>
    [home, away].map(({ name, directUrl }) => ({
      visitor,
      action: 'send the form of the checkout',
      node: name,
      expected,
      ids: ['CH-35', 'CT-54', 'CT-58', 'FI-16'],
      attempt: async () => taken((await post(world, directUrl, await form())).status),
    })),
  )
}

// --- sessions ---

/** Whose session a cookie opens; the tokens that are no good are tried elsewhere. */
function sessionRows({ anna, ben, away, visitorOf }: World): Row[] {
  const value = anna.cookie.split('=')[1]
  const cookies: Record<string, [cookie: string | undefined, expected: string]> = {
    'a shopper at another node': [anna.cookie, 'allowed'],
    'a shopper with other cookies too': [`theme=dark; ${anna.cookie}; x=1`, 'allowed'],
    'a shopper without a cookie': [undefined, 'refused'],
    'a shopper with a cookie of another name': [`_sneakers=${value}`, 'refused'],
    'a shopper with a cookie of a longer name': [`x${anna.cookie}`, 'refused'],
    'a shopper with an empty cookie': ['_sneakers23=', 'refused'],
  }
  const rows = Object.entries(cookies).flatMap(([visitor, [cookie, expected]]) =>
    ['/', '/checkout'].map((path) => ({
      visitor,
      action: `go on with a session on ${path}`,
      node: away.name,
      expected,
      ids: ['CT-16', 'CH-34'],
      async attempt() {
        const answer = await visitorOf('anna').request(`${away.directUrl}${path}`, {
          headers: cookie ? { cookie } : {},
        })
        return sessionOf(answer)
      },
    })),
  )
  const carts: Row[] = [anna, ben].map((shopper) => ({
    visitor: `the shopper ${shopper.visitor.name}`,
    action: 'load the shop with the own cart',
    node: away.name,
    expected: 'allowed',
    ids: ['CT-16'],
    async attempt() {
      const answer = await shopper.visitor.request(`${away.directUrl}/`, { headers: { cookie: shopper.cookie } })
      return cartIdIn(answer) === shopper.cartId ? 'allowed' : 'refused: the page has another cart'
    },
  }))
  return [...rows, ...carts]
}

/** Two shoppers and two without a cookie take turns on both nodes: each page is that of whoever asked for it (CT-16, CT-17). */
function alternating(world: World): Sequence {
  const { home, away, visitorOf, anna, ben } = world
  const seen = new Map<string, string>()
  const turns = [0, 1].flatMap(() =>
    [home, away].flatMap((node) => ['anna', 'a newcomer', 'ben'].map((who) => ({ who, node }))),
  )
  return turns.map(({ who, node }, turn): Row => {
    const shopper = { anna, ben }[who]
    return {
      visitor: `${who} after others`,
      action: 'get a page with a cart that nobody else has',
      node: node.name,
      expected: 'allowed',
      ids: ['CT-15', 'CT-16', 'CT-17'],
      async attempt() {
        const visitor = visitorOf(shopper ? who : `newcomer ${turn}`)
        const { cartId } = await shopAt(node.directUrl, visitor, shopper?.cookie)
        const owner = seen.get(cartId)
        seen.set(cartId, visitor.name)
        return owner === undefined || owner === visitor.name ? 'allowed' : `refused: it is the cart of ${owner}`
      },
    }
  })
}

// --- orders ---

/** An order is seen by whoever made it (CT-53, CT-58, CT-59). */
function orderSequence(world: World): Sequence {
  const { home, away, visitorOf } = world
  const ids = ['CT-53', 'CT-57', 'CT-58', 'CT-59']
  const buyers: Record<string, Shopper> = {}
  const orders: Record<string, string> = {}
  const cookies: Record<string, string> = {}
  const key = 'order-key-of-carla-0123456789'
  const arrive = async (name: string) => (buyers[name] ??= await shopAt(home.directUrl, visitorOf(name)))
  const row = (visitor: string, action: string, expected: string, attempt: Row['attempt'], node = home): Row => ({
    visitor,
    action,
    node: node.name,
    expected,
    ids,
    attempt,
  })

  async function buy(name: string, node: World['home'], items: readonly string[]) {
    const { visitor, cartId, cookie, formToken } = await arrive(name)
    const { line, topic } = await joinCart(node.directUrl, { visitor, cartId })
    let serialized = ''
    for (const item of items) {
      const { response } = await line.ask(topic, 'add_item', { item_id: item })
      ;({ serialized } = response as { serialized: string })
    }
    line.close()
    const body = new URLSearchParams({ _csrf_token: formToken, key, serialized }).toString()
    const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await visitor.request(`${node.directUrl}/checkout`, { method: 'POST', headers, body })
    if (answer.status === 303) cookies[name] = cookieIn(answer)
    return byStatus(answer.status)
  }

  /** The number of the order on the page, when it is the same as before. */
  async function lookAt(visitorName: string, node: World['home'], cookie?: string) {
    const answer = await visitorOf(visitorName).request(`${node.directUrl}/checkout/complete`, {
      headers: cookie ? { cookie } : {},
    })
    const [, number] = /Order (\d+) is on its way/.exec(answer.body) ?? []
    if (number === undefined) return byStatus(answer.status)
    orders[visitorName] ??= number
    const isShared = Object.entries(orders).some(([name, one]) => name !== visitorName && one === number)
    return isShared
      ? 'allowed to see the order of somebody else'
      : `allowed to see the order with ${itemsIn(answer.body)}`
  }

  return [
    row('carla', 'buy item 1', 'allowed', () => buy('carla', home, ['1'])),
    row('carla', 'see the order', 'allowed to see the order with 1', () => lookAt('carla', home, cookies.carla)),
    row(
      'carla',
      'see the order at another node',
      'allowed to see the order with 1',
      () => lookAt('carla', away, cookies.carla),
      away,
    ),
    row('carla with the cookie of before', 'see the order', 'refused with 404', async () =>
      lookAt('carla', home, buyers.carla?.cookie),
    ),
    row('a visitor without a cookie', 'see an order', 'refused with 404', () => lookAt('nobody', home)),
    row('another shopper', 'see an order', 'refused with 404', async () =>
      lookAt('dan', home, (await arrive('dan')).cookie),
    ),
    row('another shopper with the key of the order and no cart', 'have the order', 'refused with 422', () =>
      buy('dan', home, []),
    ),
    row(
      'another shopper with the key of the order and a cart',
      'buy item 2',
      'allowed',
      () => buy('dan', away, ['2']),
      away,
    ),
    row('another shopper with the key of the order', 'see the order', 'allowed to see the order with 2', () =>
      lookAt('dan', home, cookies.dan),
    ),
    row(
      'carla after that',
      'see the order',
      'allowed to see the order with 1',
      () => lookAt('carla', away, cookies.carla),
      away,
    ),
    row('carla with the same key again', 'buy item 3', 'allowed', () => buy('carla', home, ['3'])),
    row('carla after that', 'see the first order', 'allowed to see the order with 1', () =>
      lookAt('carla', home, cookies.carla),
    ),
  ]
}

const itemsIn = (page: string) =>
  [...page.matchAll(/class="order__item" data-item-id="(\d+)"/g)].map(([, id]) => id).join(' and ')

// --- what may be kept, and by whom ---

/** What a cookie may be used for, and that no cache between two visitors keeps a page of one of them (CT-16, ST-46). */
function storageRows(world: World): Row[] {
  const { home, visitorOf, anna } = world
  const pages: Record<string, { headers: Record<string, string>; ids: readonly string[] }> = {
    '/': { headers: { cookie: anna.cookie }, ids: ['CT-16', 'ST-46'] },
    '/checkout': { headers: { cookie: anna.cookie }, ids: ['CT-16', 'CT-53'] },
    '/checkout/complete': { headers: { cookie: anna.cookie }, ids: ['CT-53'] },
    '/drops': { headers: { cookie: anna.cookie }, ids: ['LV-2', 'CT-16'] },
    '/counter': { headers: { cookie: anna.cookie }, ids: ['LV-2', 'LV-15'] },
    '/admin': { headers: rightLogin, ids: ['PA-31', 'PA-34'] },
    '/hello': { headers: {}, ids: ['CH-133', 'CH-85'] },
    '/hello/tracked?user_id=1': { headers: {}, ids: ['CH-133', 'CH-85'] },
  }
  const shared = Object.entries(pages).map(
    ([path, { headers, ids }]): Row => ({
      visitor: 'a cache that visitors share',
      action: `keep ${path}`,
      node: home.name,
      expected: 'refused',
      ids,
      async attempt() {
        const answer = await visitorOf(path === '/admin' ? 'boss' : 'anna').request(`${home.directUrl}${path}`, {
          headers,
        })
        return /no-store|private/.test(answer.headers['cache-control'] ?? '') ? 'refused' : 'allowed'
      },
    }),
  )
  return [
    ...shared,
    {
      visitor: 'a script or a page of another site',
      action: 'use the cookie of a shopper',
      node: home.name,
      expected: 'refused',
      ids: ['CT-16', 'CH-34'],
      async attempt() {
        const { headers } = await visitorOf('newcomer').request(`${home.directUrl}/`)
        const [cookie = ''] = headers['set-cookie'] ?? []
        const isClosed =
          /; HttpOnly/i.test(cookie) && /; SameSite=(Lax|Strict)/i.test(cookie) && !/; Domain=/i.test(cookie)
        return isClosed ? 'refused' : 'allowed'
      },
    },
  ]
}

// --- the page of those who run the shop ---

/** Logins that may not be counted against the others: they come from an address of their own. */
export function loginRows(world: World, from: string | undefined): Row[] {
  const { home, away, visitorOf, anna, tokens } = world
  const logins: [visitor: string, expected: string, headers: Record<string, string>, path?: string][] = [
    ['somebody with the user and the password', 'allowed', rightLogin],
    ['somebody without a password', 'refused with 401', {}],
    ['somebody with a prefix of the password', 'refused with 401', basic('admin', 'passwor')],
    ['somebody with more than the password', 'refused with 401', basic('admin', 'password1')],
    ['somebody with the password in capitals', 'refused with 401', basic('admin', 'PASSWORD')],
    ['somebody with an empty password', 'refused with 401', basic('admin', '')],
    ['somebody with the password and another user', 'refused with 401', basic('root', 'password')],
    ['somebody with the password and a prefix of the user', 'refused with 401', basic('adm', 'password')],
    ['somebody with the password and more than the user', 'refused with 401', basic('admin1', 'password')],
    ['somebody with the user in capitals', 'refused with 401', basic('ADMIN', 'password')],
    ['somebody with user and password exchanged', 'refused with 401', basic('password', 'admin')],
    ['somebody with another scheme', 'refused with 401', { authorization: 'Bearer password' }],
    ['a shopper with a cookie', 'refused with 401', { cookie: anna.cookie }],
    ['somebody with the token of the dashboard', 'refused with 401', {}, `/admin?token=${tokens.admin.good}`],
    ['somebody without a password', 'refused with 401', {}, '/admin?'],
    ['somebody without a password', 'refused with 404', {}, '/admin/'],
    ['somebody without a password', 'refused with 404', {}, '/ADMIN'],
    ['somebody without a password', 'refused with 404', {}, '//admin'],
  ]
  return logins.map(([visitor, expected, headers, path = '/admin'], index): Row => {
    const node = index % 2 === 0 ? home : away
    return {
      visitor,
      action: `load ${path.split('?')[0]}`,
      node: node.name,
      expected,
      ids: ['PA-31', 'PA-34'],
      attempt: async () =>
        byStatus(
          (await visitorOf('boss').request(`${node.directUrl}${path}`, { headers, ...(from && { from }) })).status,
        ),
    }
  })
}

/** A user's token opens nothing but the own topics, at every node, and those of the page `/hello` are the user 1's (CH-133). */
export const helloRows = (world: World): Row[] =>
  [world.home, world.away].map((node) => ({
    visitor: 'a visitor of the demonstration',
    action: 'get a token of the user 7 that is good at another node',
    node: node.name,
    expected: 'allowed',
    ids: ['CH-133', 'CH-124'],
    async attempt() {
      const token = await userAt(node.directUrl, world.visitorOf('user 7'), '7')
      const query = new URLSearchParams({ vsn: '2.0.0', token })
      return byStatus(await world.nobody.knock(`${world.home.directUrl}/auth_socket/websocket?${query}`))
    },
  }))
