import { type ScenarioContext, scenariosFor, type WireClient } from '../../harness/index.ts'
import { mustBe, releaseBoth, succeeded, tokenOf } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

type Context = ScenarioContext<'store'>
type Frames = Pick<WireClient, 'send' | 'receive'>

const nodes = ['n1', 'n2'] as const
const warmUpCycles = 2
const cycles = 12
const wanted = [3, 4] as const
const soldOut = 9
/** What a node may keep of one cycle, in which nine clients come and go: page caches and counters, but nobody's channel. */
const keptMaxKb = 250

export default scenario({
  id: 'channels/come-and-go',
  title: 'clients come and go in every way there is',
  invariant:
    'Clients leave, crash their channels, are thrown out or break off, at WebSockets, long polls and carts, again and again: in the end the nodes hold what they held at the beginning, and their memory has not grown.',
  covers: ['RT-11', 'CH-63', 'CH-80', 'CH-20', 'CH-23', 'PA-10', 'AT-42'],
  given: { nodes: 2, pubsub: 'mesh', env: { RECURRING_TOKEN_MS: '600000' }, stock: { 3: 100, 4: 100, [soldOut]: 1 } },
  steps: [
    step('two clients and two carts come to stay', async (context) => {
      await releaseBoth(context, 'n1')
      for (const node of nodes) {
        const late = await context.wireShopper(lateOn(node), node)
        mustBe(await late.add(soldOut), 'ok', 'add')
      }
      succeeded(await context.sell('n1', soldOut), 'sale')
      for (const node of nodes) context.scratch.set(node, await context.wire(`resident-${node}`, node))
      context.scratch.set('token', await tokenOf(context, 'n1', 7))
      await comeAndGo(context, 'warm-up', warmUpCycles)
    }),
    step('others come and go', async (context) => {
      context.scratch.set('before', await heapBytes(context))
      await comeAndGo(context, 'cycle', cycles)
    }),
    step('nobody but those is left', async (context) => {
      await context.until('the others are gone', 5_000, () => isQuiet(context)).catch(() => {})
      context.scratch.set('after', await heapBytes(context))
    }),
  ],
  expectations: [
    after(3, 'the nodes have not grown', async (context) => {
      const [before, now] = [context.scratch.get('before'), context.scratch.get('after')] as number[][]
      for (const [index, node] of nodes.entries()) {
        const keptKb = Math.round((now![index]! - before![index]!) / cycles / 1_000)
        if (keptKb > keptMaxKb) throw new Error(`${node} keeps ${keptKb} KB of each cycle`)
      }
    }),
  ],
})

/** On each node are left: one at a WebSocket, and a cart. */
async function isQuiet({ cluster }: Context) {
  const states = await Promise.all(cluster.nodes.map(({ control }) => control.state()))
  const isBackground = (topics: readonly string[]) => topics.some((topic) => topic.startsWith('ping:background'))
  return states.every(({ connections }) => connections.filter(({ topics }) => !isBackground(topics)).length <= 2)
}

const heapBytes = ({ cluster }: Context) => Promise.all(nodes.map((node) => cluster.node(node).control.heapBytes()))

async function comeAndGo(context: Context, what: string, times: number) {
  for (let n = 1; n <= times; n += 1) {
    const [node, other] = n % 2 === 0 ? nodes : (['n2', 'n1'] as const)
    const name = `${what}-${n}`
    await Promise.all([
      joinAndLeave(context, name, node),
      crashOnAndOn(context, name, node),
      poll(context, name, node, n % 4 < 2 ? node : other),
      beTracked(context, name, node),
      beThrownOut(context, name, node, n % 4 < 2),
      shop(context, name, node),
    ])
  }
}

/** One topic and another, left, joined anew without leaving, and broken off while joined. */
async function joinAndLeave(context: Context, name: string, node: string) {
  const client = await context.wire(`${name}-joins`, node, { over: 'crowd' })
  await join(client, 'ping', '1')
  await join(client, `ping:${name}`, '2')
  client.send(['1', '3', 'ping', 'phx_leave', {}])
  await client.receive('the end', ([, ref]) => ref === '3')
  await join(client, 'ping', '4')
  await join(client, 'ping', '5')
  client.close()
}

/** Somebody who stays crashes one channel after the other. */
async function crashOnAndOn(context: Context, name: string, node: string) {
  context.provoke('an event that nobody handles crashes a channel', [])
  const resident = context.scratch.get(node) as WireClient
  const topic = `ping:${name}`
  await join(resident, topic, `${name}-crash`)
  await crash(resident, topic, `${name}-crash`)
}

async function poll(context: Context, name: string, node: string, over: string) {
  const client = await context.poll(`${name}-polls`, node)
  await join(client, 'ping', '1')
  await client.end(over)
}

async function beTracked(context: Context, name: string, node: string) {
  const query = { token: String(context.scratch.get('token')) }
  const client = await context.wire(`${name}-tracked`, node, { over: 'crowd', path: '/auth_socket/websocket', query })
  await join(client, 'tracked', '1')
  // Each has a timer of ten minutes and replaces the one before.
  for (let n = 1; n <= 6; n += 1) await join(client, 'recurring', `r${n}`)
  client.send(['1', '3', 'tracked', 'list', {}])
  await client.receive('who is there', ([, ref]) => ref === '3')
  await crash(client, 'tracked', '1')
  await join(client, 'tracked', '4')
  client.close()
}

/** By somebody else, or for a frame that nobody can read (CH-14). */
async function beThrownOut(context: Context, name: string, node: string, byOthers: boolean) {
  const client = await context.wire(`${name}-dropped`, node, { over: 'crowd' })
  const topic = `ping:drop-${name}`
  await join(client, topic, '1')
  if (byOthers) context.provoke('its connection is dropped', [client.name])
  if (byOthers) await context.cluster.node(node).control.dropConnections(topic)
  else client.send('no frame')
  await context.until(`${name} is thrown out`, 5_000, () => client.closedWith() !== undefined)
}

const lateOn = (node: string) => `late-${node}`

/** A cart with items, which is left; and one that stays, whose shopper tries to buy what is sold out. */
async function shop(context: Context, name: string, node: string) {
  const shopper = await context.wireShopper(name, node)
  for (const itemId of wanted) mustBe(await shopper.add(itemId), 'ok', 'add')
  mustBe(await (await context.wireShopper(lateOn(node), node)).buy(), 'failed', 'the purchase')
  mustBe(await shopper.remove(wanted[0]), 'ok', 'remove')
  context.disconnect(name)
}

async function join(client: Frames, topic: string, ref: string) {
  client.send([ref, ref, topic, 'phx_join', {}])
  await client.receive(`the answer to its join of ${topic}`, (frame) => frame[1] === ref && frame[2] === topic)
}

/** An event that nobody handles ends the channel (CH-69). */
async function crash(client: Frames, topic: string, joinRef: string) {
  client.send([joinRef, `${joinRef}-crash`, topic, 'invalid', {}])
  await client.receive(
    `the crash of ${topic}`,
    ([ref, , of, event]) => ref === joinRef && of === topic && event === 'phx_error',
  )
}
