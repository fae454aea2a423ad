import {
  atMostOnce,
  joinedTopics,
  recoveryTime,
  releasedEverywhere,
  type ScenarioContext,
  scenariosFor,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { listenEverywhere, listings, mustBe, openShop, publishFrom, sees, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

/** How the nodes answer who asks for the shop. */
const pagesOf = (context: ScenarioContext, nodes: readonly string[]) =>
  Promise.all(nodes.map(async (name) => (await fetch(`${context.cluster.node(name).directUrl}/`)).status))

export default scenario({
  id: 'cluster/node-killed',
  title: 'a node dies under live viewers',
  invariant:
    'One of three nodes is killed while people look; the others go on delivering, its own viewers are back after its restart and see what happened.',
  covers: ['NF-9', 'FI-2', 'DP-1', 'DP-14', 'AM-1', 'AM-4', 'AM-5', 'DF-4', 'CH-108', 'DF-141'],
  tags: ['browser'],
  steps: [
    step('people look and listen on every node', async (context) => {
      await openShop(context, 'alice', 'n1')
      await openShop(context, 'bob', 'n2')
      await listenEverywhere(context)
      await publishFrom(context, ['n1', 'n2', 'n3'], 3)
    }),
    step('kill n1, go on publishing and release product 1', async (context) => {
      await using _kill = await context.nemesis.inject('node.kill', 'n1')
      await publishFrom(context, ['n2', 'n3'], 3)
      context.scratch.set('statuses', await pagesOf(context, ['n2', 'n3']))
      succeeded(await context.release('n2', 1), 'release')
    }),
    step('publish on every node again', async (context) => {
      await context.until('all nodes see each other', 10_000, async () => {
        const states = await Promise.all(context.cluster.nodes.map(({ control }) => control.state()))
        return states.every(({ peers }) => Object.values(peers).every(({ connected }) => connected))
      })
      await publishFrom(context, ['n1', 'n2', 'n3'], 3)
    }),
  ],
  expectations: [
    after(2, 'the others serve the shop', async (context) =>
      mustBe(context.scratch.get('statuses'), [200, 200], 'the pages while n1 was away'),
    ),
    after(2, 'bob, on another node, sees the release', (context) =>
      sees(context, 'bob', listings({ 1: 'sizes', 2: 'soon' })),
    ),
    after(3, 'alice, on the killed node, sees it too', (context) =>
      sees(context, 'alice', listings({ 1: 'sizes', 2: 'soon' })),
    ),
  ],
  checkers: [atMostOnce, recoveryTime(10_000), viewsMatchFreshRender, releasedEverywhere, joinedTopics],
})
