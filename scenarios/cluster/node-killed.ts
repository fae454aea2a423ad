import {
  after,
  atMostOnce,
  type Cast,
  joinedTopics,
  recoveryTime,
  releasedEverywhere,
  scenario,
  step,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { listenEverywhere, listings, mustBe, openShop, publishFrom, sees, succeeded } from '../support.ts'

/** How the nodes answer who asks for the shop. */
const pagesOf = (cast: Cast, nodes: readonly string[]) =>
  Promise.all(nodes.map(async (name) => (await fetch(`${cast.cluster.node(name).directUrl}/`)).status))

export default scenario({
  id: 'cluster/node-killed',
  title: 'a node dies under live viewers',
  define:
    'One of three nodes is killed while people look; the others go on delivering, its own viewers are back after its restart and see what happened.',
  covers: ['NF-9', 'FI-2', 'DP-1', 'DP-14', 'AM-1', 'AM-4', 'AM-5', 'DF-4', 'CH-108', 'DF-141'],
  steps: [
    step('people look and listen on every node', async (cast) => {
      await openShop(cast, 'alice', 'n1')
      await openShop(cast, 'bob', 'n2')
      await listenEverywhere(cast)
      await publishFrom(cast, ['n1', 'n2', 'n3'], 3)
    }),
    step('kill n1, go on publishing and release product 1', async (cast) => {
      await using _kill = await cast.nemesis.inject('node.kill', 'n1')
      await publishFrom(cast, ['n2', 'n3'], 3)
      cast.notes.set('statuses', await pagesOf(cast, ['n2', 'n3']))
      succeeded(await cast.release('n2', 1), 'release')
    }),
    step('publish on every node again', async (cast) => {
      await cast.until('all nodes see each other', 10_000, async () => {
        const states = await Promise.all(cast.cluster.nodes.map(({ control }) => control.state()))
        return states.every(({ peers }) => Object.values(peers).every(({ connected }) => connected))
      })
      await publishFrom(cast, ['n1', 'n2', 'n3'], 3)
    }),
  ],
  expectations: [
    after(2, 'the others serve the shop', async (cast) =>
      mustBe(cast.notes.get('statuses'), [200, 200], 'the pages while n1 was away'),
    ),
    after(2, 'bob, on another node, sees the release', (cast) =>
      sees(cast, 'bob', listings({ 1: 'sizes', 2: 'soon' })),
    ),
    after(3, 'alice, on the killed node, sees it too', (cast) =>
      sees(cast, 'alice', listings({ 1: 'sizes', 2: 'soon' })),
    ),
  ],
  laws: [atMostOnce, recoveryTime(10_000), viewsMatchFreshRender, releasedEverywhere, joinedTopics],
})
