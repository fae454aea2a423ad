import {
  neverOversold,
  nodesAgreeWithDatabase,
  openWireTab,
  type ScenarioContext,
  scenariosFor,
  storePoints,
  type WireTab,
} from '../../harness/index.ts'
import { mustBe, succeeded } from '../support.ts'
import {
  comesTrue,
  earOn,
  earsOn,
  held,
  isPeer,
  isReleasedOn,
  openEarsOn,
  soldOutEverywhere,
  withoutMeeting,
} from './held.ts'

const { scenario, step, after } = scenariosFor('store')

type Context = ScenarioContext<'store'>

const nodes = ['n1', 'n2']

/** Items of product 1, each for one path; the last is for carts. */
const item = { unsent: 1, unheard: 2, unannounced: 3, plenty: 7 }
/** With silence forgiven for three of them, no node is thought to be down while it starts again. */
const heartbeatMs = 4_000

export default scenario({
  id: 'cluster/recovery-on-redis',
  title: 'each way back over Redis is walked alone',
  invariant:
    'What a node could not publish, did not hear, or did not live to announce is known everywhere in the end, though no node was ever taken for dead.',
  covers: ['AM-11', 'ST-57', 'CT-41', 'DP-7', 'DP-9', 'DP-14', 'FI-2', 'FI-3'],
  given: {
    nodes: 2,
    pubsub: 'redis',
    env: { CLUSTER_HEARTBEAT_MS: String(heartbeatMs) },
    stock: { 1: 1, 2: 1, 3: 1, [item.plenty]: 50 },
  },
  steps: [
    step('shoes on sale, and a listener on n2', async (context) => {
      succeeded(await context.release('n1', 1), 'release')
      await context.until('n2 knows of the release', 5_000, () => isReleasedOn(context, 'n2', 1))
      await openEarsOn(context, ['n2'])
    }),
    step('n1 is killed behind a sale that it has not announced, and starts again', (context) =>
      withoutMeeting(context, ['n2'], async () => {
        const sale = await held(context, storePoints.saleWritten('n1'), () => context.sell('n1', item.unannounced))
        await using _kill = await context.nemesis.inject('node.kill', 'n1')
        await sale.release()
        await sale.end
      }),
    ),
    step('a listener on n1, and a tab of one cart on each node', async (context) => {
      // The first time that n1 hears of n2 makes it read everything: that must not hide what it missed in the next step.
      await context.until('n1 has heard of n2', 2 * heartbeatMs, () => isPeer(context, 'n1', 'n2'))
      await openEarsOn(context, ['n1'])
      const first = await openWireTab(context, { name: 'tab-n1', node: 'n1', page: 'redis' })
      const { topic } = first
      context.scratch.set('tabs', [
        first,
        await openWireTab(context, { name: 'tab-n2', node: 'n2', page: 'redis', topic }),
      ])
    }),
    step('n1 loses its connections to Redis; both nodes sell, and the cart changes on n1', (context) =>
      withoutMeeting(context, ['n2'], async () => {
        await using _reset = await context.nemesis.inject('link.reset', 'n1->redis')
        succeeded(await context.sell('n1', item.unsent), 'sale')
        succeeded(await context.sell('n2', item.unheard), 'sale')
        mustBe(await tabs(context)[0]!.add(item.plenty), 'ok', 'add')
      }),
    ),
  ],
  expectations: [
    after(2, 'n2 knows of the sale that n1 did not live to announce', (context) =>
      soldOutEverywhere(context, item.unannounced, [earOn(context, 'n2')]),
    ),
    after(4, 'n2 knows of the sale that n1 could not publish', (context) =>
      soldOutEverywhere(context, item.unsent, earsOn(context, nodes)),
    ),
    after(4, 'n1 knows of the sale that it did not hear', (context) =>
      soldOutEverywhere(context, item.unheard, earsOn(context, nodes)),
    ),
    after(4, 'both tabs have the item', async (context) => {
      for (const one of tabs(context))
        await comesTrue(
          context,
          () => one.items().includes(item.plenty),
          `the tab on ${one.node} was not told of item ${item.plenty}`,
        )
    }),
  ],
  checkers: [nodesAgreeWithDatabase, neverOversold],
})

const tabs = ({ scratch }: Context) => scratch.get('tabs') as WireTab[]
