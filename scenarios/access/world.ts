import {
  adminCredentials,
  type Conversation,
  createVisitor,
  describeValue,
  type HttpAnswer,
  type ScenarioContext,
  type Visitor,
} from '../../harness/index.ts'
import { type Purpose, purposes } from './tokens.ts'

/** The item that is in carts here, and the product that it belongs to. */
export const itemId = 1
export const productId = 1

export interface Shopper {
  visitor: Visitor
  cookie: string
  cartId: string
  formToken: string
  /** The key of an order. */
  key: string
}

/** Who is there, what they hold, and where the doors are, before anybody tries one. */
export type World = Awaited<ReturnType<typeof arrive>>

/** Two shoppers, users, somebody who runs the shop, and a session over long polls: their credentials all come from the first node. */
export async function arrive(context: ScenarioContext) {
  const { recorder, cluster } = context
  const { secrets } = cluster
  if (!secrets)
    return context.notReached('the secrets of this system are not known, and without them few doors can be tried')
  const [home, away] = [cluster.node('n1'), cluster.node('n2')]
  const visitors: Visitor[] = []
  const visitorOf = (name: string, { mayKnowAll = false } = {}) => {
    const visitor = createVisitor({ name, recorder, mayKnowAll })
    visitors.push(visitor)
    return visitor
  }
  const nobody = visitorOf('nobody')
  const sessions: { url: string; token: string }[] = []
  /** Opens a session over long polls and returns its token. */
  async function pollAt(url: string, visitor: Visitor): Promise<string> {
    const { body } = await visitor.request(`${url}${pollPath}`)
    const { token } = JSON.parse(body) as { token: string }
    visitor.owns('the session', token)
    sessions.push({ url, token })
    return token
  }
  const [anna, ben] = [await shopAt(home.directUrl, visitorOf('anna')), await shopAt(home.directUrl, visitorOf('ben'))]
  const users = await usersAt(home.directUrl, visitorOf)
  const admin = await adminAt(home.directUrl, visitorOf('boss'))
  const poll = await pollAt(home.directUrl, visitorOf('poller'))
  const otherPoll = await pollAt(home.directUrl, visitorOf('other-poller'))
  const [cart, otherCart] = [await filledCart(home.directUrl, anna), await filledCart(home.directUrl, ben, 2)]
  const tokens: Record<Purpose, { good: string; other: string }> = {
    user: { good: users['1']!, other: users['2']! },
    admin: { good: admin, other: await adminAt(home.directUrl, visitorOf('boss')) },
    cart: { good: cart, other: otherCart },
    session: { good: cookieValue(anna.cookie), other: cookieValue(ben.cookie) },
    poll: { good: poll, other: otherPoll },
  }
  const leave = async () => {
    for (const one of visitors) one.leave()
    // What is no frame ends a session; otherwise its node would keep it for a while.
    for (const { url, token } of sessions)
      await nobody.request(`${url}${pollPath}&token=${token}`, { method: 'POST', body: 'no frame' })
  }
  return { context, secrets, home, away, nobody, visitorOf, pollAt, leave, anna, ben, users, tokens }
}

const cookieValue = (cookie: string) => cookie.split('=')[1]!

const found = (pattern: RegExp, { body, status }: HttpAnswer, what: string): string => {
  const [, value] = pattern.exec(body) ?? []
  if (!value) throw new Error(`the page holds no ${what} (status ${status})`)
  return value
}

export const cookieIn = ({ headers }: HttpAnswer): string =>
  (headers['set-cookie'] ?? []).map((one) => one.split(';')[0]).join('; ')

/** The cart of a page; undefined on a page without one. */
export const cartIdIn = ({ body }: HttpAnswer): string | undefined => {
  const [, text] = /window\.cartId = ("[^"]+")/.exec(body) ?? []
  return text && (JSON.parse(text) as string)
}

/** Loads the checkout page, as a new shopper or with the cookie of one. */
export async function shopAt(url: string, visitor: Visitor, cookie?: string): Promise<Shopper> {
  const answer = await visitor.request(`${url}/checkout`, { headers: cookie ? { cookie } : {} })
  const shopper = {
    visitor,
    cookie: cookie ?? cookieIn(answer),
    cartId: cartIdIn(answer) ?? '',
    formToken: found(/name="_csrf_token" value="([^"]+)"/, answer, 'form token'),
    key: found(/name="key" value="([^"]+)"/, answer, 'order key'),
  }
  visitor.owns('the cart id', shopper.cartId)
  visitor.owns('the cookie', cookieValue(shopper.cookie))
  visitor.owns('the form token', shopper.formToken)
  visitor.owns('the order key', shopper.key)
  return shopper
}

/** A fresh token of a user, as the demo page has it. */
export async function userAt(url: string, visitor: Visitor, userId: string): Promise<string> {
  const answer = await visitor.request(`${url}/hello/tracked?${new URLSearchParams({ user_id: userId })}`)
  const token = found(/window\.authToken = "([^"]+)"/, answer, 'token of a user')
  visitor.owns('the token', token)
  return token
}

/** Users whose ids are alike, and one who is called like those who run the shop. */
const userIds = ['1', '2', '12', '01', 'ann', 'Ann', 'admin']

async function usersAt(url: string, visitorOf: (name: string) => Visitor): Promise<Record<string, string>> {
  const pairs = userIds.map(async (id) => [id, await userAt(url, visitorOf(`user ${id}`), id)] as const)
  return Object.fromEntries(await Promise.all(pairs))
}

export const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
})

export const rightLogin = basic(adminCredentials.username, adminCredentials.password)

async function adminAt(url: string, visitor: Visitor): Promise<string> {
  const answer = await visitor.request(`${url}/admin`, { headers: rightLogin })
  const token = found(/window\.adminToken = "([^"]+)"/, answer, 'token of the dashboard')
  visitor.owns('the token', token)
  return token
}

export const pollPath = '/socket/longpoll?vsn=2.0.0'

/** Joins a cart and waits until it was shown. */
export async function joinCart(
  url: string,
  { visitor, cartId }: Pick<Shopper, 'visitor' | 'cartId'>,
  payload: object = {},
): Promise<{ line: Conversation; topic: string; itemIds: number[] }> {
  const line = await visitor.connect(`${url}/product_socket/websocket?vsn=2.0.0`)
  const topic = `cart:${cartId}`
  const { status, response } = await line.ask(topic, 'phx_join', payload)
  if (status !== 'ok') throw new Error(`the cart cannot be joined: ${describeValue(response)}`)
  const [, , , , shown] = await line.receive('the cart', ([, , , event]) => event === 'cart')
  return { line, topic, itemIds: (shown as { items: { id: number }[] }).items.map(({ id }) => id) }
}

/** Puts an item into a shopper's cart and returns the signed cart. */
async function filledCart(url: string, shopper: Shopper, item = itemId): Promise<string> {
  const { line, topic } = await joinCart(url, shopper)
  const { status, response } = await line.ask(topic, 'add_item', { item_id: String(item) })
  if (status !== 'ok') throw new Error(`item ${item} cannot be put into a cart: ${describeValue(response)}`)
  line.close()
  return (response as { serialized: string }).serialized
}

export const saltOf = (purpose: Purpose): string => purposes[purpose].salt
