import {
  atMostOnce,
  joinedTopics,
  nodesAgreeWithDatabase,
  type ScenarioContext,
  scenariosFor,
} from '../../harness/index.ts'
import { listenEverywhere, mustBe, publishFrom, releaseBoth, soldUnits, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')
type Context = ScenarioContext<'store'>

const inventory = 'Sneakers23.Inventory'
/** Longer than any call waits. */
const heldMs = 20_000
const sold = 2
const few = 9
/** Longer than the clients take to drain, so that the purchase is still under way when the web server closes. */
const commitMs = 1_800

const bulkTopic = 'ping:bulk'
const bulkCount = 60
const bulkText = 'x'.repeat(100_000)
const keptMaxBytes = 2_000_000

export default scenario({
  id: 'cluster/drained-node',
  title: 'a node is left by its peers and drained while much goes on',
  invariant:
    'A part is killed under its callers, a peer is away while much is published, and a node drains with a purchase under way: callers know at once, nothing is kept for the peer, nobody new is taken, and the purchase is answered.',
  covers: ['RT-8', 'RT-13', 'AM-4', 'DP-9', 'CH-19', 'CH-106', 'NF-4', 'FI-1', 'FI-2', 'FI-3'],
  given: { nodes: 2, pubsub: 'mesh', stock: { 1: few, [sold]: few } },
  steps: [
    step('clients of all kinds come', async (context) => {
      await releaseBoth(context, 'n1')
      await listenEverywhere(context)
      await (await context.client('listener-n2', 'n2')).join(bulkTopic)
      await (await context.wireShopper('buyer', 'n1')).add(1)
      const polls = await context.poll('polls', 'n1')
      polls.send(['1', '1', 'ping', 'phx_join', {}])
      await polls.receive('its join', ([, ref]) => ref === '1')
    }),
    step('kill the inventory while a sale waits for it', killUnderCaller),
    step('publish much while n2 cannot be reached from n1', publishInVain),
    step('stop n1 while a purchase is under way', stopWhileBuying),
    step('publish when all are back', async (context) => {
      const client = await context.client('listener-n1', 'n1')
      await context.until('its client is back', 10_000, () => client.joins().joined.length === 1)
      await publishFrom(context, ['n1', 'n2'], 2)
      await (await context.client('listener-n2', 'n2')).leave(bulkTopic)
    }),
  ],
  expectations: [
    after(3, 'nothing was kept for the peer', async ({ scratch, recorder }) => {
      const keptBytes = Number(scratch.get('keptBytes'))
      if (keptBytes > keptMaxBytes) throw new Error(`n1 kept ${keptBytes} bytes while n2 was away`)
      mustBe(scratch.get('peerBytes'), 0, 'bytes queued for n2')
      mustBe(recorder.events.filter(({ event }) => event === 'bulk').length, 0, 'messages that were sent later')
    }),
    after(4, 'the draining node said so and took nobody', async ({ scratch }) => {
      mustBe(scratch.get('health'), 503, 'its health')
      mustBe(scratch.get('webSocket'), 503, 'a new WebSocket')
      mustBe(scratch.get('longPoll'), 503, 'a new long poll')
    }),
    after(4, 'the purchase that was under way was answered', async ({ recorder }) => {
      const end = recorder.events.find(({ type, operation }) => operation === 'purchase' && type !== 'invoke')
      // The page to which the answer leads may be too late.
      if (end?.type !== 'ok' && !end?.error?.includes('was answered 303'))
        throw new Error(`the purchase: ${end?.error}`)
    }),
  ],
  checkers: [atMostOnce, joinedTopics, nodesAgreeWithDatabase],
})

/** The handler of the inventory is held up, so that the sale waits for an actor that is killed then. */
async function killUnderCaller(context: Context) {
  const { control } = context.cluster.node('n1')
  await control.delay('Inventory.item_sold', heldMs)
  const sale = context.sell('n1', sold)
  // A sale is written first and then asks the inventory: a call that is open earlier is one of its others.
  await context.until('the sale is written', 5_000, async () => (await soldUnits(context, sold))[0] === 1)
  await context.until('the sale waits', 5_000, async () => (await control.state()).holds.callsInFlight > 0)
  await control.delay('Inventory.item_sold', 0)
  await using _kill = await context.nemesis.inject('actor.kill', `n1/${inventory}`)
  succeeded(await sale, 'the sale')
}

async function publishInVain(context: Context) {
  const { control } = context.cluster.node('n1')
  await using _cut = await context.nemesis.inject('link.cut', 'n1->n2')
  await context.until('n1 has noticed', 6_000, async () => !(await control.state()).peers.n2?.connected)
  const beforeBytes = await control.heapBytes()
  await publishFrom(context, ['n1'], 3)
  for (let n = 0; n < bulkCount; n += 1) await control.broadcast(bulkTopic, 'bulk', { n, text: bulkText })
  context.scratch.set('peerBytes', (await control.state()).holds.peerBytes)
  context.scratch.set('keptBytes', (await control.heapBytes()) - beforeBytes)
}

/** A client that reads nothing answers no close frame: the node waits a second for it, in which one can look at it. */
async function stopWhileBuying(context: Context) {
  const node = context.cluster.node('n1')
  const stuck = await context.wire('stuck', 'n1')
  stuck.stall()
  await node.control.delay('Checkout.commit', commitMs)
  const buyer = await context.wireShopper('buyer', 'n1')
  const purchase = buyer.buy()
  await context.until('the purchase is under way', 3_000, async () => {
    const { transactions = 0 } = (await node.control.state()).holds.pending
    return transactions > 0
  })
  const stopping = context.nemesis.inject('node.stop', 'n1')
  const drained = context.until('n1 says that it drains', 3_000, async () => {
    const { status } = await fetch(`${node.directUrl}/healthz`)
    context.scratch.set('health', status)
    return status === 503
  })
  await drained.catch(() => {})
  const late = await context.wire('late', 'n1', { over: 'crowd' }).catch(() => undefined)
  context.scratch.set('webSocket', late?.status)
  const longPoll = await fetch(`${node.directUrl}/socket/longpoll?vsn=2.0.0`).catch(() => undefined)
  context.scratch.set('longPoll', longPoll?.status)
  await purchase
  await using _stop = await stopping
}
