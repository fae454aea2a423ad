import {
  atMostOnce,
  cartNeverLost,
  joinedTopics,
  neverOversold,
  nodesAgreeWithDatabase,
  presenceMatchesReality,
  type ScenarioContext,
  scenariosFor,
} from '../../harness/index.ts'
import { listenEverywhere, mustHaveEnded, publishFrom, releaseBoth, sightings } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const nodes = ['n1', 'n2', 'n3']
const plenty = 50
const lastPair = 4
const downMs = 2_500

/** A shopper on every node changes the cart; returns what they were told. */
const shopEverywhere = (context: ScenarioContext<'store'>, itemId: number) =>
  Promise.all(nodes.map(async (node) => (await context.wireShopper(`shopper-${node}`, node)).add(itemId)))

export default scenario({
  id: 'cluster/minority-cut',
  title: 'some of the nodes are cut off from the others, whichever they are',
  invariant:
    'While a minority that chance has drawn is cut off, both sides serve, hear their own and sell the last pair once; after healing messages cross, and everybody is counted.',
  covers: ['FI-7', 'NF-8', 'AM-1', 'AM-3', 'AM-4', 'DF-92', 'DF-109', 'ST-11', 'PA-4', 'DP-16'],
  given: {
    nodes: nodes.length,
    pubsub: 'mesh',
    env: { TRACKER_DOWN_MS: String(downMs) },
    stock: { 1: plenty, 2: plenty, [lastPair]: 1 },
  },
  steps: [
    step('a listener and a shopper on every node', async (context) => {
      await releaseBoth(context, 'n1')
      await listenEverywhere(context)
      await shopEverywhere(context, 1)
    }),
    step('cut the minority off; publish, shop and sell the last pair on both sides', async (context) => {
      await context.nemesis.inject('link.partition', 'minority|majority')
      const longEnough = context.clock.sleep(downMs + 100)
      await context.until('the sides have lost each other', 6_000, async () => (await sightings(context)) === 2)
      await publishFrom(context, nodes, 3)
      context.scratch.set('shopped', await shopEverywhere(context, 2))
      const sales = await Promise.all(nodes.map((node) => context.sell(node, lastPair)))
      context.scratch.set('sold', sales.map(({ kind }) => kind).toSorted())
      await longEnough
    }),
    step('heal, and publish again', async (context) => {
      await context.nemesis.healEverything()
      await context.until('all nodes see each other', 8_000, async () => (await sightings(context)) === 6)
      await publishFrom(context, nodes, 3)
    }),
  ],
  // Each side must have given up the other: only then has the healing anything to bring back.
  outlasts: { 'link.partition': downMs },
  expectations: [
    after(2, 'every node serves its shopper', async (context) =>
      mustHaveEnded(context, context.scratch.get('shopped'), ['ok', 'ok', 'ok'], 'add'),
    ),
    after(2, 'the last pair was sold once', async (context) =>
      mustHaveEnded(context, context.scratch.get('sold'), ['failed', 'failed', 'ok'], 'sales'),
    ),
  ],
  checkers: [atMostOnce, cartNeverLost, neverOversold, nodesAgreeWithDatabase, presenceMatchesReality, joinedTopics],
})
