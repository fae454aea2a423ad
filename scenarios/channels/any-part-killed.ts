import {
  atMostOnce,
  joinedTopics,
  nodesAgreeWithDatabase,
  recoveryTime,
  type ScenarioContext,
  scenariosFor,
} from '../../harness/index.ts'
import { asItIs, lookInto } from '../inspector.ts'
import { mustBeConnected, watchingStalls } from '../stalls.ts'
import { listenEverywhere, mustBe, publishFrom, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const isOn = ({ recorder }: ScenarioContext, node: string, who: string) =>
  recorder.events.some((one) => one.type === 'connect' && one.who === who && one.node === node)

/** One of its kind each, and then whatever chance comes to. */
const victims = ['n1/channel', 'n1/transport', 'n1/inventory', 'n1/replication', 'n1/*', 'n1/*']

export default scenario({
  id: 'channels/any-part-killed',
  title: 'parts of a node are killed, one after the other, whichever they are',
  invariant:
    'A channel, a connection, a part of the shop, and parts that chance has chosen are killed: each comes back, the clients of the other nodes notice nothing, and everything works.',
  covers: ['FI-1', 'NF-1', 'NF-2', 'NF-6', 'NF-24', 'AM-1', 'RT-9', 'RT-70', 'RT-72', 'RT-77'],
  given: { stock: { 2: 10 } },
  steps: [
    step('a client listens on every node', async (context) => {
      await listenEverywhere(context)
      await publishFrom(context, ['n1', 'n2', 'n3'], 2)
    }),
    step('kill one part after the other', async (context) => {
      for (const victim of victims) {
        await using _kill = await watchingStalls(context, 'n2', () => context.nemesis.inject('actor.kill', victim))
      }
    }),
    step('publish and sell when everything is back', async (context) => {
      const client = await context.client('listener-n1', 'n1')
      await context.until('the client of n1 is joined', 10_000, () => client.joins().joined.length === 1)
      await context.until('n1 is ready', 10_000, async () => (await context.cluster.node('n1').control.ready()).ready)
      await publishFrom(context, ['n1', 'n2', 'n3'], 3)
      succeeded(await context.sell('n1', 2), 'sale')
    }),
    step('look at a client of n1 in its inspector, and end another one there', async (context) => {
      context.scratch.set('inspected', await lookInto(context, 'n1'))
    }),
  ],
  expectations: [
    after(3, 'nobody on another node was disconnected', async (context) => {
      mustBeConnected(
        context,
        (one) => !isOn(context, 'n1', one),
        (who) => `${who} was disconnected`,
      )
    }),
    after(4, 'the inspector showed the one as it was, and ended the other', async ({ scratch }) => {
      mustBe(scratch.get('inspected'), asItIs, 'what the inspector of n1 showed and did')
    }),
  ],
  checkers: [atMostOnce, recoveryTime(10_000), nodesAgreeWithDatabase, joinedTopics],
})
