import {
  after,
  joinedTopics,
  noPresenceToShoppers,
  presenceMatchesReality,
  presenceToldOnce,
  scenario,
  step,
} from '../../harness/index.ts'
import {
  counts,
  openDashboard,
  openPage,
  openShop,
  putIn,
  releaseBoth,
  seesIn,
  takeOut,
  theDashboard,
  theTab,
} from '../support.ts'

const plenty = 50

/** The demo of the catalogue (PA-51), on so many nodes: the shoppers are spread over them, the dashboard is on the last. */
export function dashboardStory(id: string, nodes: number, covers: string[]) {
  const node = (n: number) => `n${(n % nodes) + 1}`
  return scenario({
    id,
    title: `the dashboard follows every step of the shoppers, on ${nodes === 1 ? 'one node' : `${nodes} nodes`}`,
    define:
      'A shopper with two tabs and another one fill and empty their carts, move on and leave; the dashboard counts shoppers, pages and items rightly after each step.',
    covers,
    given: { nodes, stock: { 1: plenty, 2: plenty, 9: plenty } },
    steps: [
      step('open the dashboard', async (cast) => {
        await releaseBoth(cast, node(0))
        await openDashboard(cast, 'boss', node(nodes - 1))
      }),
      step('a shopper with two tabs, and another one', async (cast) => {
        await openShop(cast, 'alice', node(0))
        await openShop(cast, 'alice', node(1))
        await openShop(cast, 'bob', node(1))
      }),
      step('they fill their carts', async (cast) => {
        await putIn(cast, theTab(cast, 'alice'), 1)
        await putIn(cast, theTab(cast, 'alice', 1), 9)
        await putIn(cast, theTab(cast, 'bob'), 1)
        await putIn(cast, theTab(cast, 'bob'), 2)
      }),
      step('and take some out', async (cast) => {
        await takeOut(cast, theTab(cast, 'bob'), 2)
        await takeOut(cast, theTab(cast, 'alice'), 9)
      }),
      step('one moves to the checkout', async (cast) => {
        await theTab(cast, 'alice').close()
        await openPage(cast, 'alice', node(0), '/checkout')
      }),
      step('one leaves', async (cast) => theTab(cast, 'bob').close()),
    ],
    expectations: [
      after(1, 'nobody is there: who runs the shop is no shopper', (cast) =>
        seesIn(cast, theDashboard(cast, 'boss'), counts({ shoppers: 0, pages: {}, items: {} })),
      ),
      after(2, 'two shoppers in three tabs', (cast) =>
        seesIn(cast, theDashboard(cast, 'boss'), counts({ shoppers: 2, pages: { '/': 3 }, items: {} })),
      ),
      after(3, 'each item counts once for each shopper', (cast) =>
        seesIn(cast, theDashboard(cast, 'boss'), counts({ shoppers: 2, items: { 1: 2, 2: 1, 9: 1 } })),
      ),
      after(4, 'what is in no cart is back at zero', (cast) =>
        seesIn(cast, theDashboard(cast, 'boss'), counts({ shoppers: 2, items: { 1: 2 } })),
      ),
      after(5, 'the pages are right', (cast) =>
        seesIn(cast, theDashboard(cast, 'boss'), counts({ shoppers: 2, pages: { '/': 2, '/checkout': 1 } })),
      ),
      after(6, 'one shopper is left', (cast) =>
        seesIn(
          cast,
          theDashboard(cast, 'boss'),
          counts({ shoppers: 1, pages: { '/': 1, '/checkout': 1 }, items: { 1: 1 } }),
        ),
      ),
      after(6, 'it says that it is live', async (cast) => {
        const { staleness } = await theDashboard(cast, 'boss').dashboard()
        if (!staleness.startsWith('Live')) throw new Error(`it says "${staleness}"`)
      }),
    ],
    laws: [presenceMatchesReality, presenceToldOnce, noPresenceToShoppers, joinedTopics],
  })
}
