import {
  neverOversold,
  nodesAgreeWithDatabase,
  openWireTab,
  type ScenarioContext,
  scenariosFor,
  storePoints,
  type WireClient,
  type WireTab,
} from '../../harness/index.ts'
import { mustBe, succeeded } from '../support.ts'
import {
  comesTrue,
  earsOn,
  type HeldOperation,
  held,
  isPeer,
  isReleasedOn,
  leftOn,
  openCarts,
  openEarsOn,
  soldOutEverywhere,
  withoutMeeting,
} from './held.ts'

const { scenario, step, after } = scenariosFor('store')

type Context = ScenarioContext<'store'>

const nodes = ['n1', 'n2']

/** Items of product 1, each for one path; all but the last have one unit. */
const item = { announced: 1, replicated: 2, bought: 3, sold: 4, unread: 5, oneWay: 6, plenty: 7 }
/** Silence is forgiven for long, so that nodes see each other again only where a step breaks their connection. */
const heartbeatMs = 4_000
const plentyCount = 50
const fillerBytes = 900_000
const fillersMax = 20
const lostEnough = 3
/** Of a channel to which nobody else pushes. */
const relayedTopic = 'wild:1:2'

export default scenario({
  id: 'cluster/recovery-paths',
  title: 'each way back is walked alone',
  invariant:
    'What is lost between a node and its database, on its way to another node, in a peer that does not read or in a relay comes back by the one way that is open to it, while nothing else that could bring it back happens.',
  covers: ['AM-11', 'ST-57', 'CT-41', 'CT-44', 'CT-57', 'PA-4', 'DP-9', 'CH-23', 'NF-5', 'FI-3', 'FI-8'],
  given: {
    nodes: 2,
    pubsub: 'mesh',
    env: { CLUSTER_HEARTBEAT_MS: String(heartbeatMs) },
    stock: { 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, [item.plenty]: plentyCount },
  },
  // Two heartbeats of the trackers, and a statement that its caller waits for and looks for twice.
  expectedDurationMs: 10_000,
  steps: [
    step('carts and listeners on both nodes', async (context) => {
      succeeded(await context.release('n1', 1), 'release')
      await context.until('n2 knows of the release', 5_000, () => isReleasedOn(context, 'n2', 1))
      await openEarsOn(context, nodes)
      await openTabs(context)
      const dana = await context.wireShopper('dana', 'n1')
      for (const itemId of [item.bought, item.plenty]) mustBe(await dana.add(itemId), 'ok', 'add')
    }),
    step('n1 loses its database behind a purchase, behind a sale, and before it announces another', async (context) => {
      const [dana] = context.wireShoppers()
      await withoutMeeting(context, nodes, async () => {
        const operations = [
          await held(context, storePoints.committed('n1'), () => dana!.buy()),
          await held(context, storePoints.saleWritten('n1'), () => context.sell('n1', item.sold)),
          await held(context, storePoints.stockRead('n1'), () => context.sell('n1', item.announced)),
        ]
        await resetUnder(context, 'n1->db', operations)
        context.scratch.set('ends', [await operations[0]!.end, ...(await Promise.all(operations.slice(1).map(endOf)))])
      })
    }),
    step('the connection from n1 to n2 is reset, that from n2 to n1 is not', async (context) => {
      await using _reset = await context.nemesis.inject('link.reset', 'n1->n2')
      await context.until('n1 knows', 4_000, async () => !(await isPeer(context, 'n1', 'n2')))
      mustBe(await isPeer(context, 'n2', 'n1'), true, 'n2 sees n1')
      succeeded(await context.sell('n1', item.oneWay), 'sale')
      await openTab(context, 'one-way', 'n1')
    }),
    step('n2 loses its database while it reads what was sold on n1; a release is held up on n1', async (context) => {
      const late = await held(context, storePoints.releaseSent('n1'), () => context.release('n1', 2))
      const arrived = comeLate(context, late)
      arrived.catch(() => {})
      context.scratch.set('late', arrived)
      await withoutMeeting(context, nodes, async () => {
        const read = await held(context, storePoints.stockRead('n2'), () => context.sell('n1', item.replicated))
        await resetUnder(context, 'n2->db', [read])
      })
    }),
    step('n2 does not read what n1 sends, until n1 drops a sale', (context) =>
      withoutMeeting(context, nodes, () => sellToDeafPeer(context)),
    ),
    step('n2 loses what n1 tells it, and n1 the questions that n2 asks then', (context) =>
      withoutMeeting(context, nodes, () => loseMessages(context)),
    ),
    step('one edit, and one rejoin of a cart, on n2', async (context) => {
      mustBe(await tab(context, 'edit-n2').remove(item.oneWay), 'ok', 'remove')
      const rejoining = tab(context, 'rejoin-n2')
      mustBe([await rejoining.leave(), await rejoining.join()], ['ok', 'ok'], 'leave and rejoin')
    }),
    step('the held release arrives behind the first look for it', async (context) => {
      await context.scratch.get('late')
    }),
  ],
  expectations: [
    after(2, 'nobody said that it was bought or sold', async (context) =>
      mustBe(context.scratch.get('ends'), ['unsure', 'unsure', 'ok'], 'the ends'),
    ),
    after(2, 'the purchase whose commit was not answered is known everywhere', (context) =>
      soldOutEverywhere(context, item.bought, earsOn(context, nodes)),
    ),
    after(2, 'and so is what else was in that cart', async (context) => {
      for (const node of nodes) {
        const isKnown = async () => (await leftOn(context, node, item.plenty)) === plentyCount - 1
        await comesTrue(context, isKnown, `${node} does not know that another unit of item ${item.plenty} was bought`)
      }
    }),
    after(2, 'the sale that was not answered is known everywhere', (context) =>
      soldOutEverywhere(context, item.sold, earsOn(context, nodes)),
    ),
    after(2, 'the sale that could not be announced is known everywhere', (context) =>
      soldOutEverywhere(context, item.announced, earsOn(context, nodes)),
    ),
    after(3, 'n2 knows of the sale that was lost', (context) =>
      soldOutEverywhere(context, item.oneWay, earsOn(context, nodes)),
    ),
    after(3, 'a cart on n2 shows that it is sold out', (context) =>
      comesTrue(
        context,
        () => tab(context, 'edit-n2').soldOut().includes(item.oneWay),
        `the cart on n2 was not told that item ${item.oneWay} is sold out`,
      ),
    ),
    after(3, 'n2 counts who came to n1 meanwhile', (context) => countsOnBoth(context, 'one-way', 1)),
    after(4, 'n2 knows of the sale that it could not read', (context) =>
      soldOutEverywhere(context, item.replicated, earsOn(context, nodes)),
    ),
    after(5, 'n2 knows of the sale that n1 dropped', (context) =>
      soldOutEverywhere(context, item.unread, earsOn(context, nodes)),
    ),
    after(6, 'n2 counts who came while it could neither hear nor ask', async (context) => {
      for (const page of ['lost', 'behind']) await countsOnBoth(context, page, 1)
    }),
    after(6, 'a poll whose answer was lost in the relay is told so, and was handled once', async (context) =>
      mustBe(context.scratch.get('relayed'), { status: 410, handled: 1 }, 'the relayed push'),
    ),
    after(7, 'the next edit brings the lost one', (context) => sameCart(context, 'edit', [item.plenty])),
    after(7, 'the rejoin brings the lost edit', (context) => sameCart(context, 'rejoin', [item.oneWay, item.plenty])),
    after(8, 'the release is known everywhere', async (context) => {
      for (const node of nodes)
        await comesTrue(context, () => isReleasedOn(context, node, 2), `${node} does not know of the release`)
      for (const one of earsOn(context, nodes))
        await comesTrue(context, () => heardRelease(one, 2), `${one.name} was not told of the release of product 2`)
    }),
  ],
  checkers: [nodesAgreeWithDatabase, neverOversold],
})

const tab = ({ scratch }: Context, name: string) => scratch.get(name) as WireTab

const heardRelease = (one: WireClient, productId: number) =>
  one.frames().some(([, , topic, event]) => topic === `product:${productId}` && event === 'released')

/** A tab of a cart of its own, or one more of the same cart, which its browser has stored. */
async function openTab(context: Context, page: string, node: string, of?: WireTab): Promise<WireTab> {
  const name = of ? `${page}-${node}` : page
  const cart = of && { topic: of.topic, serialized: of.serialized() }
  const opened = await openWireTab(context, { name, node, page, ...cart })
  context.scratch.set(name, opened)
  return opened
}

/** Two carts, each in a tab on each node; both know one item. */
async function openTabs(context: Context) {
  for (const page of ['edit', 'rejoin']) {
    const first = await openTab(context, `${page}-first`, 'n1')
    mustBe(await first.add(item.oneWay), 'ok', 'add')
    const tabs = [await openTab(context, page, 'n1', first), await openTab(context, page, 'n2', first)]
    await context.until(`the tabs of ${page} agree`, 5_000, () => tabs.every(({ items }) => items().length === 1))
    first.close()
  }
}

/** Breaks the link under the operations, lets go of them, and heals it. */
async function resetUnder(context: Context, link: string, operations: readonly HeldOperation<unknown>[]) {
  await using _reset = await context.nemesis.inject('link.reset', link)
  for (const { release } of operations) await release()
}

const endOf = async ({ end }: HeldOperation<unknown>) => ((await end) as { kind: string }).kind

/** The statement arrives when its caller has given up and has looked once; the answer to that look comes last. */
async function comeLate(context: Context, { end, release }: HeldOperation<{ kind: string }>) {
  const look = await held(context, storePoints.releaseWasRead('n1'), async () => end)
  await release()
  await context.until('it is in the database', 3_000, async () => (await context.readStock()).products[1]!.released)
  await look.release()
}

/** Fills the connection from n1 to n2 while n2 gets nothing, sells, and lets it flow again. */
async function sellToDeafPeer(context: Context) {
  const { control } = context.cluster.node('n1')
  const deaf = await held(context, storePoints.filler('n1'), () => control.broadcast('filler', 'filler', {}))
  const filler = { text: 'x'.repeat(fillerBytes) }
  for (let left = fillersMax; left > 0 && !(await isFull(context)); left -= 1)
    await control.broadcast('filler', 'filler', filler)
  if (!(await isFull(context))) context.notReached('n1 could send everything')
  const sent = (await control.state()).counters.remoteSent
  succeeded(await context.sell('n1', item.unread), 'sale')
  mustBe((await control.state()).counters.remoteSent, sent, 'messages that n1 sent')
  await deaf.release()
}

const isFull = async ({ cluster }: Context) => (await cluster.node('n1').control.state()).holds.peerBytes > 1_048_576

async function loseMessages(context: Context) {
  const asked = await context.nemesis.inject('messages.drop', 'n1', { kinds: ['trackers'] })
  const heard = await context.nemesis.inject('messages.drop', 'n2', {
    kinds: ['carts', 'trackers'],
    topics: ['longpoll_relay'],
  })
  const relayed = pushOverRelay(context)
  for (const name of ['edit-n1', 'rejoin-n1']) mustBe(await tab(context, name).add(item.plenty), 'ok', 'add')
  await openTab(context, 'lost', 'n1')
  context.scratch.set('relayed', await relayed)
  await heard.heal()
  // A heartbeat of n2 comes every 1.5 s, and the question behind one of n1.
  const dropped = await droppedOn(context, 'n1')
  await context.until('n2 has asked', 8_000, async () => (await droppedOn(context, 'n1')) >= dropped + lostEnough)
  // This one is heard, and tells n2 that it misses the one before.
  await openTab(context, 'behind', 'n1')
  mustBe(await openCarts(context, 'n2', 'lost'), 0, 'carts that n2 counts')
  await asked.heal()
}

const droppedOn = async ({ cluster }: Context, node: string) =>
  (await cluster.node(node).control.state()).counters.tampered ?? 0

/** A push through n2 over a long poll whose session is on n1; returns its status, and how many pushes n1 has handled for it. */
async function pushOverRelay({ cluster }: Context) {
  const door = (node: string) => `${cluster.node(node).directUrl}/socket/longpoll?vsn=2.0.0`
  const { token } = (await (await fetch(door('n1'))).json()) as { token: string }
  const post = async (node: string, frame: unknown[] | string) => {
    const body = typeof frame === 'string' ? frame : JSON.stringify(frame)
    const response = await fetch(`${door(node)}&token=${encodeURIComponent(token)}`, { method: 'POST', body })
    return ((await response.json()) as { status: number }).status
  }
  const handled = async () => (await cluster.node('n1').control.state()).pushes.WildcardChannel ?? 0
  await post('n1', ['1', '1', relayedTopic, 'phx_join', {}])
  const before = await handled()
  const status = await post('n2', ['1', '2', relayedTopic, 'ping', {}])
  const result = { status, handled: (await handled()) - before }
  await post('n1', 'no frame')
  return result
}

async function countsOnBoth(context: Context, page: string, expected: number) {
  for (const node of nodes)
    await comesTrue(
      context,
      async () => (await openCarts(context, node, page)) === expected,
      `${node} does not count the cart on the page ${page}`,
    )
}

async function sameCart(context: Context, name: string, expected: readonly number[]) {
  for (const node of nodes) {
    const one = tab(context, `${name}-${node}`)
    await comesTrue(
      context,
      () => one.items().join() === expected.join(),
      () => `the tab on ${node} shows [${one.items()}] instead of [${expected}]`,
    )
  }
}
