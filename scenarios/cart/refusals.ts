import { type ScenarioContext, scenariosFor, storeControl, type WireClient } from '../../harness/index.ts'
import { type Ask, askOn, error, ok, type Reply } from '../asking.ts'
import { look, lookIf, mustBe, nothingWasWrong, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

type Context = ScenarioContext<'store'>

const path = '/product_socket/websocket'
const nodes = ['n1', 'n2'] as const
/** Of the product that is released: two sizes to have, one that was never there, and one that sells out while shoppers look at it. */
const [kept, otherSize, never, last] = [1, 2, 3, 4]
/** Of the product that is not released: one with a stock, and one without. */
const unreleased = [8, 13] as const
const plenty = 500
const cameWithinMs = 8_000

/** What no button sends; a missing id is undefined. */
const wrongIds: readonly unknown[] = [
  ...['', ' 1', '1 ', '+1', '-0', '0x1', '1e0', '1n', '1,2', '٣', '1\n', '9'.repeat(16), 'NaN', 'null'],
  ...[0, 1.5, -1, 9e99, true, null, undefined, [1], ['1'], { toString: '1' }],
]

export default scenario({
  id: 'cart/refusals',
  title: 'what cannot be had is refused on every node, and a release is of one product',
  invariant:
    'On every node each item that cannot be had is refused for exactly its reason and changes no cart, and after the release of one product all others are as before on every node and page.',
  covers: ['CT-8', 'CT-10', 'CT-26', 'CT-27', 'CT-28', 'CT-29', 'CT-30', 'ST-22', 'ST-23', 'ST-24', 'ST-36', 'FI-16'],
  given: {
    nodes: 2,
    stock: { [kept]: plenty, [otherSize]: plenty, [never]: 0, [last]: 1, 8: plenty },
    env: { STORE_ONE_SIZE_PER_SHOE: 'on' },
  },
  steps: [
    step('shoppers on every node ask before anything is released', async (context) => {
      context.scratch.set('before', await othersOn(context))
      for (const node of nodes) {
        await listen(context, node)
        const ask = await openCart(context, node)
        await addingMustBe(context, node, ask, [kept, never, ...unreleased], 'not_released')
      }
    }),
    step('release one product', async (context) => {
      succeeded(await context.release('n1', 1), 'release')
      await context.until('every node knows of the release', cameWithinMs, () => everyNodeReleased(context, 1))
    }),
    step('shoppers on every node ask for what cannot be had', async (context) => {
      await Promise.all(nodes.map((node) => askForAll(context, node)))
    }),
    step('the last pair of a size is sold', async (context) => {
      succeeded(await context.sell('n1', last), 'sale')
      await context.until('every node knows of the sale', cameWithinMs, () => everyNodeSoldOut(context, last))
      for (const node of nodes) {
        const ask = await openCart(context, node, 'late')
        await addingMustBe(context, node, ask, [last, never], 'out_of_stock')
        await lookIf(context, await fill(ask, otherSize), 'ok', `adding item ${otherSize} on ${node}`)
      }
    }),
  ],
  expectations: [
    after(1, 'nothing can be had before its release', nothingWasWrong),
    after(2, 'all other products are as before on every node and page', othersAreAsBefore),
    after(2, 'nobody was told of another release', async (context) => {
      for (const node of nodes) await toldOfOneRelease(context, node)
    }),
    after(3, 'each refusal has its reason, and changes nothing', nothingWasWrong),
    after(4, 'what has sold out elsewhere is refused', nothingWasWrong),
    after(4, 'all other products are still as before', othersAreAsBefore),
  ],
})

async function askForAll(context: Context, node: string) {
  const ask = cartOn(context, node)
  await addingMustBe(context, node, ask, unreleased, 'not_released')
  await addingMustBe(context, node, ask, [never], 'out_of_stock')
  await addingMustBe(context, node, ask, [0, 14, 999_999], 'unknown_item')
  await lookIf(context, await fill(ask, kept), 'ok', `adding item ${kept} on ${node}`)
  await addingMustBe(context, node, ask, [kept], 'duplicate_item')
  await addingMustBe(context, node, ask, [otherSize, never], 'one_size_per_shoe')
  await addingMustBe(context, node, ask, unreleased, 'not_released')
  await refuseWrongIds(context, node, ask)
  await holdsStill(context, node, ask)
}

/** Of all products but the released one: what each node has in memory, and what its pages show, by place. */
async function othersOn(context: Context) {
  const places = nodes.flatMap((node) => [
    [`the memory of ${node}`, () => stockOn(context, node)] as const,
    ...['/', '/drops'].map((page) => [`the page ${page} of ${node}`, () => listingsOn(context, node, page)] as const),
  ])
  return new Map(await Promise.all(places.map(async ([place, read]) => [place, await read()] as const)))
}

async function stockOn(context: Context, node: string) {
  const { inventory } = await stateOf(context, node)
  return inventory?.products.filter(({ id }) => id !== 1)
}

/** The listings as HTML, without the pictures. */
async function listingsOn(context: Context, node: string, page: string) {
  const html = await (await fetch(`${context.cluster.node(node).directUrl}${page}`)).text()
  const listings = [...html.matchAll(/<article class="product-listing"[\s\S]*?<\/article>/g)].map(([found]) => found)
  const others = listings.filter((listing) => !listing.includes('data-product-id="1"'))
  // Two empty lists would be equal.
  if (others.length === 0) throw new Error(`the page ${page} of ${node} lists no other product`)
  return others.join().replaceAll(/<svg[\s\S]*?<\/svg>/g, '')
}

/** Fails with the first place that has or shows something else than before the release. */
async function othersAreAsBefore(context: Context) {
  const before = context.scratch.get('before') as ReadonlyMap<string, unknown>
  for (const [place, value] of await othersOn(context)) mustBe(value, before.get(place), `other products in ${place}`)
}

const stateOf = (context: Context, node: string) => storeControl(context.cluster.node(node).control).state()
const everyState = async (context: Context) => Promise.all(nodes.map((node) => stateOf(context, node)))

const everyNodeReleased = async (context: Context, productId: number) =>
  (await everyState(context)).every(({ inventory }) =>
    inventory?.products.some(({ id, released }) => id === productId && released),
  )

const everyNodeSoldOut = async (context: Context, itemId: number) =>
  (await everyState(context)).every(({ inventory }) =>
    inventory?.products.some(({ items }) => items.some((item) => item.id === itemId && item.availableCount === 0)),
  )

/** Joins the topics of both products, as an open page does. */
async function listen(context: Context, node: string) {
  const wire = await context.wire(`listener-${node}`, node, { path })
  for (const id of [1, 2])
    await lookIf(context, await askOn(wire, `product:${id}`)('phx_join'), ok(), `the join of product:${id} on ${node}`)
  context.scratch.set(`listener ${node}`, wire)
}

/** The reply to a heartbeat comes after all that its node had to say before it. */
async function toldOfOneRelease(context: Context, node: string) {
  const wire = context.scratch.get(`listener ${node}`) as WireClient
  await wire.receive('released', ([, , , event]) => event === 'released', cameWithinMs)
  wire.send([null, 'beat', 'phoenix', 'heartbeat', {}])
  await wire.receive('its heartbeat', ([, ref]) => ref === 'beat', cameWithinMs)
  const topics = wire.frames().flatMap(([, , topic, event]) => (event === 'released' ? [topic] : []))
  mustBe(topics, ['product:1'], `releases that a page on ${node} was told of`)
}

/** A cart of its own on a node, at the bare wire. */
async function openCart(context: Context, node: string, who = 'asker'): Promise<Ask> {
  const wire = await context.wire(`${who}-${node}`, node, { path })
  const ask = askOn(wire, `cart:${`${who}${node}`.padEnd(64, 'x')}`)
  await lookIf(context, await ask('phx_join'), ok(), `the join of a cart on ${node}`)
  context.scratch.set(`cart ${node}`, ask)
  return ask
}

const cartOn = (context: Context, node: string) => context.scratch.get(`cart ${node}`) as Ask

const fill = async (ask: Ask, itemId: number) => statusOf(await ask('add_item', { item_id: String(itemId) }))
const statusOf = (reply: Reply) => (typeof reply === 'string' ? reply : reply.status)

async function addingMustBe(context: Context, node: string, ask: Ask, items: readonly number[], reason: string) {
  for (const item of items) {
    const reply = await ask('add_item', { item_id: String(item) })
    await lookIf(context, reply, error({ error: reason }), `adding item ${item} on ${node}`)
  }
}

async function refuseWrongIds(context: Context, node: string, ask: Ask) {
  const expected = error({ error: 'invalid_item_id' })
  for (const event of ['add_item', 'remove_item'])
    for (const payload of [...wrongIds.map((item) => ({ item_id: item })), [kept], String(kept), kept, null]) {
      const said = `${event} ${JSON.stringify(payload)} on ${node}`
      await lookIf(context, await ask(event, payload), expected, said)
    }
}

/** After all refusals the cart is as it was: taking out the only item leaves none. */
async function holdsStill(context: Context, node: string, ask: Ask) {
  for (const item of [otherSize, never, ...unreleased]) {
    const reply = await ask('remove_item', { item_id: String(item) })
    await lookIf(context, reply, error({ error: 'not_found' }), `removing item ${item} on ${node}`)
  }
  const reply = await ask('remove_item', { item_id: String(kept) })
  await look(context, () => mustBe(itemsIn(reply), [], `what is left in the cart on ${node}`))
}

const itemsIn = (reply: Reply) =>
  typeof reply === 'string' ? reply : (reply.response as { items?: unknown } | undefined)?.items
