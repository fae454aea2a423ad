import { type Channel, Socket } from 'phoenix'
import type { Cluster } from '../../cluster/cluster.ts'
import type { Present } from '../../history/inventory.ts'
import { answerTo, marksIn } from '../../history/marks.ts'
import type { Recorder } from '../../history/recorder.ts'
import { until } from '../../platform/until.ts'
import { clientHeartbeatMs, purchaseWithinMs, pushWithinMs } from '../../timing.ts'
import { recordPage } from './answers.ts'
import { createCartChanges } from './cart-changes.ts'
import { withoutCartId } from './cart-topic.ts'
import { endOfPurchase } from './purchases.ts'
import type { CartSight } from './sights.ts'

/** A shopper without a browser: an HTTP session and a cart through the official client. Hundreds use the resources of two browsers. */
export interface WireShopper {
  readonly name: string
  readonly node: string
  /** Returns the outcome: `ok`, or the server's error. */
  add(itemId: number): Promise<string>
  remove(itemId: number): Promise<string>
  /** The cart as last received. */
  cart(): CartSight
  /** How many carts the server sent without a request. */
  pushedCount(): number
  /** Buys the cart. Retries are the same order until a purchase is confirmed; with `again`, also afterwards. */
  buy(options?: { again?: boolean }): Promise<'ok' | 'failed' | 'unsure'>
  joins(): { connected: boolean; expected: string[]; joined: string[] }
  present(): Present
  close(): void
}

export interface WireShopperOptions {
  /** The path of the page that the shopper reports as open. */
  page?: string
}

interface OpenWireShopperOptions extends WireShopperOptions {
  name: string
  node: string
  cluster: Cluster
  recorder: Recorder
}

interface CartPayload {
  items: { id: number; out_of_stock: boolean }[]
  serialized: string
}

const joinWithinMs = 10_000

/** All of them share one link to each node, so a fault on it affects all of them. */
const linkName = 'shoppers'

export async function openWireShopper(options: OpenWireShopperOptions): Promise<WireShopper> {
  const { name, node, cluster, recorder, page = '/checkout' } = options
  const link = await cluster.links.link(linkName, node)
  const given = (request: string, cookies: readonly string[], body: string) =>
    recordPage(recorder, { who: name, request: `${request} of ${node}`, cookies, body })
  const visit = await visitCheckout(link.url, undefined, given)
  const changes = createCartChanges(name, recorder)
  let last: CartPayload = { items: [], serialized: '' }
  let pushedCount = 0
  let lastRef = 0
  let { key } = visit
  let isBought = false
  /** The cart from the page after a purchase; the socket may have missed the update. */
  let own: string | undefined

  const socket = new Socket(`ws://${link.host}:${link.port}/product_socket`, {
    heartbeatIntervalMs: clientHeartbeatMs,
    timeout: pushWithinMs,
  })
  socket.onMessage(((message: { topic: string; event: string; payload: unknown }) => {
    const { topic, event, payload } = message
    const text = JSON.stringify([topic, payload])
    if (event === 'phx_reply' && marksIn(text).length > 0)
      recorder.record(answerTo(name, `a reply on ${withoutCartId(topic)}`, text))
    if (topic === 'phoenix' || event.startsWith('phx_')) return
    const received = { who: name, type: 'receive', topic: withoutCartId(topic), event, node } as const
    recorder.record({ ...received, value: idsIn(payload), marks: marksIn(text) })
  }) as never)
  const topic = `cart:${visit.cartId}`
  const channel: Channel = socket.channel(topic, () => ({ serialized: last.serialized || undefined, own, page }))
  channel.on('cart', (cart: CartPayload) => {
    last = cart
    pushedCount += 1
  })
  socket.connect()
  channel.join()
  await until(() => channel.state === 'joined' && pushedCount > 0, {
    what: `${name} has a cart`,
    withinMs: joinWithinMs,
  }).catch((error) => {
    // A shopper whose opening failed must not stay connected, because no checker knows about it.
    socket.disconnect()
    throw error
  })

  function ask(event: 'add_item' | 'remove_item', itemId: number): Promise<string> {
    lastRef += 1
    const ref = String(lastRef)
    changes.sent(ref, event, { item_id: itemId })
    return new Promise((resolve) => {
      channel
        .push(event, { item_id: String(itemId) }, pushWithinMs)
        .receive('ok', (cart: CartPayload) => {
          last = cart
          changes.answered(ref, { status: 'ok' })
          resolve('ok')
        })
        .receive('error', (response: { error?: string }) => {
          changes.answered(ref, { status: 'error', response })
          resolve(response.error ?? 'refused')
        })
        .receive('timeout', () => {
          changes.lost()
          resolve('timeout')
        })
    })
  }

  /** Submits the form like a browser and reads the cart from the page that follows. */
  async function submit() {
    const form = new URLSearchParams({ _csrf_token: visit.formToken, key, serialized: last.serialized })
    const answer = await fetch(`${link.url}/checkout`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: visit.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      signal: AbortSignal.timeout(purchaseWithinMs),
    })
    const end = endOfPurchase(answer.status)
    given('POST /checkout', answer.headers.getSetCookie(), await answer.text().catch(() => ''))
    if (end === 'ok') own = await cartAfter(link.url, cookieOf(answer), given)
    return { end, why: `status ${answer.status}` }
  }

  return {
    name,
    node,
    add: (itemId) => ask('add_item', itemId),
    remove: (itemId) => ask('remove_item', itemId),
    cart: () => ({
      shopper: name,
      page,
      items: last.items.map(({ id, out_of_stock }) => ({ id, outOfStock: out_of_stock })),
    }),
    pushedCount: () => pushedCount,
    async buy({ again = false } = {}) {
      if (isBought && !again) ({ key } = await visitCheckout(link.url, visit.cookie, given))
      isBought = false
      const operation = recorder.begin(name, 'purchase', {
        shopper: name,
        itemIds: last.items.map(({ id }) => id),
        key,
      })
      const { end, why } = await submit().catch((error: Error) => ({ end: 'unsure' as const, why: error.message }))
      isBought = end === 'ok'
      operation.end(end, end === 'ok' ? undefined : why)
      return end
    },
    joins: () => ({
      connected: socket.isConnected(),
      expected: [withoutCartId(topic)],
      joined: channel.state === 'joined' ? [withoutCartId(topic)] : [],
    }),
    present: () => ({ who: name, node, connections: 1, polls: 0, channels: 1 }),
    close() {
      changes.lost()
      socket.disconnect()
    },
  }
}

const idsIn = (payload: unknown) => {
  const { items, ...rest } = payload as { items?: { id: number; out_of_stock: boolean }[]; serialized?: string }
  return items ? { items: items.map(({ id, out_of_stock }) => ({ id, out_of_stock })) } : rest
}

/** Returns the cart that the page after a purchase stores in the browser. */
async function cartAfter(url: string, cookie: string, given: Given): Promise<string> {
  const page = await fetch(`${url}/checkout/complete`, {
    headers: { cookie },
    signal: AbortSignal.timeout(pushWithinMs),
  })
  const body = await page.text()
  given('GET /checkout/complete', page.headers.getSetCookie(), body)
  const [, serialized] = /window\.cartAfter = "([^"]+)"/.exec(body) ?? []
  if (!serialized) throw new Error(`the page after the purchase has no cart (status ${page.status})`)
  return serialized
}

const cookieOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')

interface Visit {
  cookie: string
  cartId: string
  formToken: string
  key: string
}

/** Called with every page, before anything is read from it. */
type Given = (request: string, cookies: readonly string[], body: string) => void

/** Opens a session, like a browser that loads the checkout page. */
export async function visitCheckout(url: string, cookie?: string, given: Given = () => {}): Promise<Visit> {
  const signal = AbortSignal.timeout(pushWithinMs)
  const answer = await fetch(`${url}/checkout`, { signal, ...(cookie && { headers: { cookie } }) })
  const text = await answer.text()
  given('GET /checkout', answer.headers.getSetCookie(), text)
  const found = (pattern: RegExp, what: string) => {
    const [, value] = pattern.exec(text) ?? []
    if (!value) throw new Error(`the checkout page has no ${what} (status ${answer.status})`)
    return value
  }
  return {
    cookie: cookieOf(answer),
    cartId: JSON.parse(`"${found(/window\.cartId = "([^"]+)"/, 'cart id')}"`),
    formToken: found(/name="_csrf_token" value="([^"]+)"/, 'form token'),
    key: found(/name="key" value="([^"]+)"/, 'order key'),
  }
}
