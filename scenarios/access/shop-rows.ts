import { storeControl } from '../../harness/index.ts'
import { byStatus, type Row, type Sequence } from './row.ts'
import { mint, purposes } from './tokens.ts'
import { joinCart, shopAt, userAt, type World } from './world.ts'

/** What is not for sale, what is said of a product, what pages call themselves, and what is new each time. */
export const shopSequences = (world: World): Sequence[] => [
  ...productRows(world).map((row) => [row]),
  ...pageNameRows(world).map((row) => [row]),
  ...freshRows(world).map((row) => [row]),
  ...unreleasedRows(world).map((row) => [row]),
]

/** Of the product that waits for its release. */
const notForSale = 8

/** A node signs no cart with what is not on sale; whoever has one all the same cannot buy it (CT-30). */
const unreleasedRows = (world: World): Row[] =>
  [world.home, world.away].map((node) => ({
    visitor: 'somebody with a signed cart of a shoe that is not on sale',
    action: 'buy it',
    node: node.name,
    expected: 'refused with 409',
    ids: ['CT-30', 'CT-55'],
    async attempt() {
      const { visitor, cookie, formToken, key } = await shopAt(node.directUrl, world.visitorOf(`early at ${node.name}`))
      const data = { items: [notForSale], changes: { [notForSale]: 1 } }
      const serialized = mint({ secret: world.secrets.keyBase, salt: purposes.cart.salt, data })
      const answer = await visitor.request(`${node.directUrl}/checkout`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ _csrf_token: formToken, key, serialized }).toString(),
      })
      return byStatus(answer.status)
    },
  }))

/** Whoever joins the topic of a product is told what it shows; of a topic that is only alike nothing is known (ST-47). */
function productRows({ away, visitorOf }: World): Row[] {
  const topics = { 'product:1': 'allowed', ...Object.fromEntries(alike.map((topic) => [topic, 'refused'])) }
  return Object.entries(topics).map(([topic, expected]) => ({
    visitor: `a listener of ${topic}`,
    action: 'be told what product 1 shows',
    node: away.name,
    expected,
    ids: ['CH-45', 'ST-47'],
    async attempt() {
      const line = await visitorOf(`listener of ${topic}`).connect(
        `${away.directUrl}/product_socket/websocket?vsn=2.0.0`,
      )
      await line.ask(topic, 'phx_join')
      // What a channel says after a join stands before the answer to what it is asked next.
      await line.ask(topic, 'phx_leave')
      const isTold = line.frames().some(([, , on, event]) => on === topic && event === 'released')
      line.close()
      return isTold ? 'allowed' : 'refused'
    },
  }))
}

const alike = ['product:', 'product:01', 'product:10', 'product:11', 'product:21', 'product:1:1', 'product:1.0']

const pageMaxLength = 200

/** The dashboard shows the page that a cart comes from, as long as it is the name of a page (PA-22). */
function pageNameRows({ home, visitorOf }: World): Row[] {
  const names: [visitor: string, page: unknown, expected: string][] = [
    ['a cart of a page with the longest name', `/${'p'.repeat(pageMaxLength - 1)}`, 'allowed'],
    ['a cart of a page with a longer name', `/${'q'.repeat(pageMaxLength)}`, 'refused'],
    ['a cart of a page whose name is a list', ['/list'], 'refused'],
    ['a cart of a page whose name is a number', 7_777, 'refused'],
  ]
  return names.map(([visitor, page, expected], index) => ({
    visitor,
    action: 'be listed with its page',
    node: home.name,
    expected,
    ids: ['PA-22', 'FI-16'],
    async attempt() {
      const cart = { visitor: visitorOf(`page namer ${index}`), cartId: `${index}`.padStart(64, 'p') }
      const { line } = await joinCart(home.directUrl, cart, { page })
      // Its entry is there before the cart is shown to other tabs, which a heartbeat comes after.
      await line.ask('phoenix', 'heartbeat')
      const { carts } = await storeControl(home.control).state()
      line.close()
      return carts.some((one) => JSON.stringify(one.page) === JSON.stringify(page)) ? 'allowed' : 'refused'
    },
  }))
}

/** Whatever is given out as a proof is given out once: one that is kept is known to whoever saw it first, and ends one day (CH-88, CT-14). */
function freshRows(world: World): Row[] {
  const { anna, home, visitorOf, tokens } = world
  const pairs: [
    what: string,
    ids: readonly string[],
    give: () => Promise<readonly [string, string]> | readonly [string, string],
  ][] = [
    ['the token of the dashboard', ['CH-88', 'PA-34'], () => [tokens.admin.good, tokens.admin.other]],
    [
      'the token of a user',
      ['CH-88', 'CH-124'],
      async () => {
        const user = visitorOf('user 2')
        return [await userAt(home.directUrl, user, '2'), await userAt(home.directUrl, user, '2')]
      },
    ],
    [
      'the key of an order',
      ['CT-58'],
      async () => [anna.key, (await shopAt(home.directUrl, anna.visitor, anna.cookie)).key],
    ],
    [
      'the signed form of an empty cart',
      ['CT-14'],
      async () => [await signedCart(world, 'one'), await signedCart(world, 'another')],
    ],
  ]
  return pairs.map(([what, ids, give]) => ({
    visitor: 'whoever asks twice',
    action: `be given ${what} of before`,
    node: home.name,
    expected: 'refused',
    ids,
    async attempt() {
      const [first, second] = await give()
      return first === second ? 'allowed' : 'refused'
    },
  }))
}

async function signedCart({ home, visitorOf }: World, name: string): Promise<string> {
  const cart = { visitor: visitorOf(`${name} empty cart`), cartId: name.padStart(64, 'e') }
  const { line } = await joinCart(home.directUrl, cart)
  const [, , , , shown] = line.frames().find(([, , , event]) => event === 'cart') ?? []
  line.close()
  return (shown as { serialized: string }).serialized
}
