import {
  joinedTopics,
  noPresenceToShoppers,
  presenceJoinDeliveredOnce,
  presenceMatchesReality,
  scenariosFor,
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

const { scenario, step, after } = scenariosFor('store')

const plenty = 50

/** The demo of the catalogue (PA-51), on a number of nodes: the shoppers are spread over them, the dashboard is on the last. */
export function dashboardScenario(id: string, nodes: number, covers: string[]) {
  const node = (n: number) => `n${(n % nodes) + 1}`
  return scenario({
    id,
    title: `the dashboard follows every step of the shoppers, on ${nodes === 1 ? 'one node' : `${nodes} nodes`}`,
    invariant:
      'A shopper with two tabs and another one fill and empty their carts, move on and leave; the dashboard counts shoppers, pages and items rightly after each step.',
    covers,
    tags: ['browser'],
    given: { nodes, stock: { 1: plenty, 2: plenty, 9: plenty } },
    steps: [
      step('open the dashboard', async (context) => {
        await releaseBoth(context, node(0))
        await openDashboard(context, 'boss', node(nodes - 1))
      }),
      step('a shopper with two tabs, and another one', async (context) => {
        await openShop(context, 'alice', node(0))
        await openShop(context, 'alice', node(1))
        await openShop(context, 'bob', node(1))
      }),
      step('they fill their carts', async (context) => {
        await putIn(context, theTab(context, 'alice'), 1)
        await putIn(context, theTab(context, 'alice', 1), 9)
        await putIn(context, theTab(context, 'bob'), 1)
        await putIn(context, theTab(context, 'bob'), 2)
      }),
      step('and take some out', async (context) => {
        await takeOut(context, theTab(context, 'bob'), 2)
        await takeOut(context, theTab(context, 'alice'), 9)
      }),
      step('one moves to the checkout', async (context) => {
        await theTab(context, 'alice').close()
        await openPage(context, 'alice', node(0), '/checkout')
      }),
      step('one leaves', async (context) => theTab(context, 'bob').close()),
    ],
    expectations: [
      after(1, 'nobody is there: who runs the shop is no shopper', (context) =>
        seesIn(context, theDashboard(context, 'boss'), counts({ shoppers: 0, pages: {}, items: {} })),
      ),
      after(2, 'two shoppers in three tabs', (context) =>
        seesIn(context, theDashboard(context, 'boss'), counts({ shoppers: 2, pages: { '/': 3 }, items: {} })),
      ),
      after(3, 'each item counts once for each shopper', (context) =>
        seesIn(context, theDashboard(context, 'boss'), counts({ shoppers: 2, items: { 1: 2, 2: 1, 9: 1 } })),
      ),
      after(4, 'what is in no cart is back at zero', (context) =>
        seesIn(context, theDashboard(context, 'boss'), counts({ shoppers: 2, items: { 1: 2 } })),
      ),
      after(5, 'the pages are right', (context) =>
        seesIn(context, theDashboard(context, 'boss'), counts({ shoppers: 2, pages: { '/': 2, '/checkout': 1 } })),
      ),
      after(6, 'one shopper is left', (context) =>
        seesIn(
          context,
          theDashboard(context, 'boss'),
          counts({ shoppers: 1, pages: { '/': 1, '/checkout': 1 }, items: { 1: 1 } }),
        ),
      ),
      after(6, 'it says that it is live', async (context) => {
        const boss = theDashboard(context, 'boss')
        await boss.page.evaluate(waitForHeartbeats)
        const { staleness } = await boss.dashboard()
        if (!staleness.startsWith('Live')) throw new Error(`it says "${staleness}"`)
      }),
    ],
    checkers: [presenceMatchesReality, presenceJoinDeliveredOnce, noPresenceToShoppers, joinedTopics],
  })
}

/** Runs in the page: the last change seems to be long ago, and since then only heartbeats were answered. */
function waitForHeartbeats(): Promise<void> {
  const [laterMs, redrawnMs] = [60_000, 700]
  const { socket } = (window as unknown as { squall: { socket: { onMessage(heard: () => void): void } } }).squall
  const now = Date.now
  Date.now = () => now() + laterMs
  let heard = 0
  return new Promise((resolve) => {
    socket.onMessage(() => {
      heard += 1
      if (heard === 2) setTimeout(resolve, redrawnMs)
    })
  })
}
