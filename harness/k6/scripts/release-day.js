import { check, fail } from 'k6'
import { scenario } from 'k6/execution'
import http from 'k6/http'
import { Counter, Rate, Trend } from 'k6/metrics'
import { setTimeout } from 'k6/timers'
import { joinOn, openSocket } from './phoenix.js'
import { releaseFromControl, requireUrls } from './settings.js'

/** Shoppers wait for a release, put one pair each into their carts, buy it, and stay until everything is sold out (ST-1, ST-2, NF-23). */
const urls = requireUrls()
const users = Number(__ENV.USERS || 200)
/** Pairs of each size; unknown on a running system that was not seeded for this. */
const pairs = Number(__ENV.PAIRS || 0)
const items = Number(__ENV.ITEMS || 13)
const products = [1, 2]

const arriveWithinMs = Math.max(5_000, users * 25)
const buyWithinMs = Math.max(5_000, users * 25)
const stayMs = buyWithinMs + 15_000
const patienceMs = 10_000

const releaseSeen = new Trend('release_seen', true)
const inCart = new Trend('in_cart', true)
const purchase = new Trend('purchase', true)
const bought = new Counter('bought')
const soldOut = new Counter('sold_out')
const unclear = new Counter('unclear')
const pagesRight = new Rate('pages_right')
const stayed = new Counter('stayed')

export const options = {
  scenarios: {
    shoppers: { executor: 'per-vu-iterations', vus: users, iterations: 1, maxDuration: '10m' },
    release: { executor: 'per-vu-iterations', vus: 1, iterations: 1, exec: 'release', maxDuration: '10m' },
  },
  thresholds: {
    checks: ['rate==1'],
    http_req_failed: ['rate==0'],
    'http_req_duration{name:page}': ['p(95)<2000'],
    release_seen: ['p(95)<5000'],
    in_cart: ['p(95)<2000'],
    purchase: ['p(95)<5000'],
    unclear: ['count==0'],
    pages_right: ['rate==1'],
    // Who never came to the end of the day has not judged their page.
    stayed: [`count==${users}`],
    ...(pairs > 0 && { bought: [`count==${Math.min(users, pairs * items)}`] }),
  },
}

http.setResponseCallback(http.expectedStatuses(200, 303, 409))

export function setup() {
  for (const url of urls)
    if (http.get(`${url}/`, { tags: { name: 'setup' } }).status !== 200) fail(`${url}/ does not serve the shop`)
  return { releaseAtMs: Date.now() + arriveWithinMs + 2_000 }
}

/** On time, whoever is there by then. */
export function release({ releaseAtMs }) {
  setTimeout(() => {
    for (const id of products) releaseFromControl(id)
  }, releaseAtMs - Date.now())
}

export default function shop({ releaseAtMs }) {
  const n = scenario.iterationInTest
  const shopper = enter(urls[n % urls.length])
  // Spread by their number: no run differs from another by chance.
  setTimeout(() => arrive({ ...shopper, n, releaseAtMs }), ((n * 7919) % users) * (arriveWithinMs / users))
}

const enter = (url) => ({ url, itemId: undefined })

function arrive(shopper) {
  const { url, n, releaseAtMs } = shopper
  const home = http.get(`${url}/`, { tags: { name: 'page' } })
  const page = http.get(`${url}/checkout`, { tags: { name: 'page' } })
  const isServed = check(
    { home, page },
    { 'pages are served': (got) => got.home.status === 200 && got.page.status === 200 },
  )
  if (!isServed) return
  const form = formIn(page.body)
  const levels = {}
  const releasedIds = new Set()
  let serialized = ''
  let isBuying = false

  const socket = openSocket(`${url.replace(/^http/, 'ws')}/product_socket`, { _csrf_token: form.token })
  const cart = joinOn(
    socket,
    `cart:${form.cartId}`,
    { serialized: null, own: null, page: '/checkout' },
    (event, payload) => {
      if (event === 'cart') serialized = payload.serialized
    },
  )
  for (const id of products)
    joinOn(socket, `product:${id}`, {}, (event, payload) => {
      if (event === 'stock_change') levels[payload.item_id] = payload.level
      if (event !== 'released') return
      if (!releasedIds.has(id)) releaseSeen.add(Math.max(0, Date.now() - releaseAtMs))
      releasedIds.add(id)
      if (releasedIds.size === products.length) wantOne()
    })
  socket.onFailure((why) => check(null, { [`the socket stays open (${why})`]: () => false }))

  function wantOne() {
    if (isBuying) return
    isBuying = true
    setTimeout(add, ((n * 6007) % users) * (buyWithinMs / users))
  }

  function add() {
    const askedMs = Date.now()
    cart.push('add_item', { item_id: String((n % items) + 1) }, (status, response) => {
      inCart.add(Date.now() - askedMs)
      if (status === 'ok') {
        serialized = response.serialized
        void buy()
      } else if (response.error === 'out_of_stock') soldOut.add(1)
      else check(null, { [`a pair is put into the cart (${response.error})`]: () => false })
    })
  }

  async function buy() {
    const askedMs = Date.now()
    const fields = { _csrf_token: form.token, key: form.key, serialized }
    const given = { redirects: 0, tags: { name: 'purchase' }, timeout: patienceMs }
    const { status } = await http.asyncRequest('POST', `${url}/checkout`, fields, given)
    purchase.add(Date.now() - askedMs)
    if (status === 303) bought.add(1)
    else if (status === 409) soldOut.add(1)
    else unclear.add(1)
  }

  setTimeout(
    () => {
      const isAllOut = Object.values(levels).filter((level) => level === 'out').length === items
      pagesRight.add(releasedIds.size === products.length && (pairs === 0 || pairs * items > users || isAllOut))
      stayed.add(1)
      socket.close()
    },
    releaseAtMs + stayMs - Date.now(),
  )
}

/** What the page hands to its script, and the hidden fields of its form. */
function formIn(html) {
  const hidden = (name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)[1]
  return { cartId: /window\.cartId = "([^"]+)"/.exec(html)[1], token: hidden('_csrf_token'), key: hidden('key') }
}
