import { type Agent, request } from 'node:http'
import { WebSocket } from 'ws'
import { sharedMonotonicMs, systemClock } from '../../../platform/clock.ts'
import type { Random } from '../../../platform/random.ts'
import { purchaseWithinMs, pushWithinMs } from '../../../timing.ts'
import { globalIn, parseForm } from '../pages/parse-page.ts'
import { endOfPurchase } from '../purchases.ts'
import type { Address, Attempt, ShopperPlan } from './messages.ts'
import { afterRelease, afterStockChange, type PageState, unreleased } from './page.ts'

/** Wishes of one thread's shoppers. */
export interface ShopperContext {
  addresses: readonly Address[]
  productIds: readonly number[]
  agent: Agent
  random: Random
  onRelease(shopper: LaunchShopper): void
  onLevel(itemId: number, level: string): void
  onBack(plan: ShopperPlan, awayMs: number): void
}

export type LaunchShopper = Awaited<ReturnType<typeof openShopper>>

interface CartPayload {
  items: { id: number; out_of_stock: boolean }[]
  serialized: string
}

/** What a page needs to buy. */
interface Visit {
  cookie: string
  cartId: string
  formToken: string
  key: string
}

/** The page that everybody keeps open. */
export const shopPath = '/'
export const noAnswer = 'no answer'
const reconnectWithinMs = 2_000
const reconnectAfterMs = 100

/** Opens the shop and the checkout, connects and joins both products and the cart, as a browser does. Rejects when a node refuses it. */
export async function openShopper(plan: ShopperPlan, context: ShopperContext) {
  const { addresses, productIds, agent, random } = context
  let addressIndex = plan.number % addresses.length
  const address = () => addresses[addressIndex % addresses.length]!
  let page: PageState = unreleased
  let cart: CartPayload = { items: [], serialized: '' }
  let socket: WebSocket | undefined
  let joinedCount = 0
  let lastRef = 0
  let lostAtMs: number | undefined
  let hasBeenAway = false
  let isClosing = false
  const replies = new Map<string, (status: string, response: unknown) => void>()
  const topics = new Map<string, { joinRef: string; onEvent(event: string, payload: never): void }>()
  const visit = await visitShop(agent, address().url)
  const topic = `cart:${visit.cartId}`
  const isJoined = () => joinedCount === productIds.length + 1

  function send(joinRef: string, at: string, event: string, payload: object): string {
    lastRef += 1
    const ref = String(lastRef)
    socket?.send(JSON.stringify([joinRef || ref, ref, at, event, payload]))
    return ref
  }

  function hear(text: string) {
    const [, ref, at, event, payload] = JSON.parse(text) as [string, string, string, string, never]
    if (event !== 'phx_reply') return topics.get(at)?.onEvent(event, payload)
    const { status, response } = payload as { status: string; response: unknown }
    replies.get(ref)?.(status, response)
    replies.delete(ref)
  }

  function join(at: string, payload: object, onEvent: (event: string, payload: never) => void): Promise<void> {
    const joinRef = send('', at, 'phx_join', payload)
    topics.set(at, { joinRef, onEvent })
    return new Promise((resolve, reject) => {
      replies.set(joinRef, (status) => {
        if (status !== 'ok') return reject(new Error(`${at.slice(0, 12)} was refused`))
        joinedCount += 1
        resolve()
      })
    })
  }

  function hearProduct(id: number) {
    return (event: string, payload: { size_html: string; item_id: number; level: string }) => {
      const before = page
      if (event === 'released') {
        page = afterRelease(page, id, payload.size_html)
        if (page !== before && page.released.length === productIds.length) context.onRelease(shopper)
      } else if (event === 'stock_change') {
        page = afterStockChange(page, payload.item_id, payload.level)
        if (page !== before && !hasBeenAway) context.onLevel(payload.item_id, payload.level)
      }
    }
  }

  async function connect(): Promise<void> {
    const made = new WebSocket(
      `${address().url.replace(/^http/, 'ws')}/product_socket/websocket?vsn=2.0.0&_csrf_token=${encodeURIComponent(visit.formToken)}`,
      { perMessageDeflate: false },
    )
    socket = made
    made.on('message', (data) => hear(String(data)))
    const opened = Promise.withResolvers<void>()
    made.on('error', opened.reject)
    made.on('open', () => opened.resolve())
    made.on('close', () => {
      opened.reject(new Error('closed'))
      if (socket === made) lose()
    })
    await opened.promise
    const own = cart.serialized || null
    const joins = productIds.map((id) => join(`product:${id}`, {}, hearProduct(id)))
    joins.push(
      join(topic, { serialized: own, own, page: shopPath }, (event, payload: CartPayload) => {
        if (event === 'cart') cart = payload
      }),
    )
    await Promise.all(joins)
  }

  function lose() {
    socket = undefined
    joinedCount = 0
    // Whoever waits for an answer gets none.
    const waiting = [...replies.values()]
    replies.clear()
    for (const answer of waiting) answer('error', { error: noAnswer })
    if (isClosing) return
    hasBeenAway = true
    lostAtMs ??= sharedMonotonicMs()
    systemClock.after(reconnectAfterMs + random.next() * reconnectWithinMs, comeBack)
  }

  /** To the next node, as behind a load balancer. */
  async function comeBack() {
    if (isClosing || socket) return
    addressIndex += 1
    try {
      await connect()
      context.onBack(plan, sharedMonotonicMs() - lostAtMs!)
      lostAtMs = undefined
    } catch {
      // Whoever is refused is closed, and tries again.
      drop()
    }
  }

  const drop = () => socket?.terminate()

  function add(): Promise<{ end: 'ok' | 'out_of_stock' | 'refused'; why: string }> {
    const ref = send(topics.get(topic)!.joinRef, topic, 'add_item', { item_id: String(plan.itemId) })
    const answered = Promise.withResolvers<{ end: 'ok' | 'out_of_stock' | 'refused'; why: string }>()
    const cancel = systemClock.after(pushWithinMs, () => answered.resolve({ end: 'refused', why: noAnswer }))
    replies.set(ref, (status, response) => {
      cancel()
      if (status === 'ok') cart = response as CartPayload
      const { error = status } = response as { error?: string }
      if (error === 'out_of_stock') return answered.resolve({ end: 'out_of_stock', why: error })
      answered.resolve({ end: status === 'ok' ? 'ok' : 'refused', why: error })
    })
    return answered.promise
  }

  async function buy(): Promise<Omit<Attempt, 'number' | 'attempt'>> {
    const fields = { _csrf_token: visit.formToken, key: visit.key, serialized: cart.serialized }
    const startedMs = sharedMonotonicMs()
    const to = {
      agent,
      url: `${address().url}/checkout`,
      cookie: visit.cookie,
      form: new URLSearchParams(fields).toString(),
    }
    const { status, why } = await requestOf(to).then(
      (answer) => ({ status: answer.status, why: `status ${answer.status}` }),
      (error: Error) => ({ status: 0, why: error.message }),
    )
    const end = status === 0 ? 'unsure' : endOfPurchase(status)
    // The next attempt at the same order is led to another node.
    if (end === 'unsure') addressIndex += socket ? 0 : 1
    return { end, why, tookMs: sharedMonotonicMs() - startedMs }
  }

  const shopper = {
    plan,
    key: visit.key,
    node: () => address().node,
    page: () => page,
    cart: () => cart.items.map(({ id, out_of_stock }) => ({ id, outOfStock: out_of_stock })),
    isJoined,
    isConnected: () => socket?.readyState === WebSocket.OPEN,
    heartbeat: () => socket?.readyState === WebSocket.OPEN && send('', 'phoenix', 'heartbeat', {}),
    add,
    buy,
    close() {
      isClosing = true
      drop()
    },
  }
  await connect()
  return shopper
}

/** Loads the shop and the checkout, and returns what the page hands to its script. */
async function visitShop(agent: Agent, url: string): Promise<Visit> {
  const home = await requestOf({ agent, url: url + shopPath })
  if (home.status !== 200) throw new Error(`GET / answered ${home.status}`)
  const cookie = home.cookies.join('; ')
  const { status, cookies, body } = await requestOf({ agent, url: `${url}/checkout`, cookie })
  const form = parseForm(body)
  const cartId = globalIn(body, 'cartId')
  if (!form || cartId === undefined) throw new Error(`GET /checkout answered ${status}, without a form or a cart`)
  const { _csrf_token: formToken = '', key = '' } = form.fields
  return { cookie: cookies.length > 0 ? cookies.join('; ') : cookie, cartId, formToken, key }
}

interface Sent {
  agent: Agent
  url: string
  cookie?: string
  form?: string
}

/** One request. Rejects without an answer. */
function requestOf({ agent, url, cookie, form }: Sent): Promise<{ status: number; cookies: string[]; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; cookies: string[]; body: string }>()
  const headers = {
    ...(cookie && { cookie }),
    ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
  }
  const sent = request(
    url,
    { agent, headers, method: form === undefined ? 'GET' : 'POST', timeout: purchaseWithinMs },
    (answer) => {
      let body = ''
      answer.setEncoding('utf8')
      answer.on('data', (text: string) => {
        body += text
      })
      answer.on('error', reject)
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, cookies: cookiesOf(answer.headers), body }))
    },
  )
  sent.on('timeout', () => sent.destroy(new Error('no answer in time')))
  sent.on('error', reject)
  sent.end(form)
  return promise
}

const cookiesOf = (headers: { 'set-cookie'?: string[] | undefined }) =>
  (headers['set-cookie'] ?? []).map((one) => one.split(';')[0]!)
