import {
  cartNeverLost,
  joinedTopics,
  nodesAgreeWithDatabase,
  presenceJoinDeliveredOnce,
  presenceMatchesReality,
  type ScenarioContext,
  scenariosFor,
  tabsConverge,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import {
  counts,
  inCart,
  mustBe,
  openDashboard,
  openTwoTabs,
  putIn,
  seesIn,
  succeeded,
  takeOut,
  theDashboard,
  theTab,
} from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const plenty = 50
const talk = ['trackers', 'carts', 'replication', 'news']

/** One round of everything that nodes tell each other: an edit in each tab, a sale, a shopper who comes. */
async function bustle(context: ScenarioContext<'store'>, round: number) {
  await putIn(context, theTab(context, 'alice'), round)
  await putIn(context, theTab(context, 'alice', 1), round + 7)
  succeeded(await context.sell('n1', 4), 'sale')
  mustBe(await (await context.wireShopper(`guest-${round}`, 'n1', { page: '/' })).add(5), 'ok', 'add')
}

export default scenario({
  id: 'cluster/messages-tampered',
  title: 'messages between nodes come twice, late, in another order, or not at all',
  invariant:
    'Whatever happens to the messages of other nodes on their way into one node: carts, stock and dashboard end right, and nobody is told twice who came.',
  covers: ['FI-8', 'FI-9', 'PA-2', 'PA-4', 'CT-41', 'ST-57', 'AM-11', 'DP-16'],
  expectedDurationMs: 14_000,
  tags: ['browser'],
  given: {
    env: { TRACKER_DOWN_MS: '6000' },
    stock: { 1: plenty, 2: plenty, 3: plenty, 4: plenty, 5: plenty, 8: plenty, 9: plenty, 10: plenty },
  },
  steps: [
    step('a cart in tabs on two nodes, a dashboard on the second', async (context) => {
      await openDashboard(context, 'boss', 'n2')
      await openTwoTabs(context, 'alice', ['n1', 'n2'])
    }),
    step('everything comes twice', async (context) => {
      await using _twice = await context.nemesis.inject('messages.duplicate', 'n2', { kinds: talk })
      await bustle(context, 1)
      await seesIn(context, theTab(context, 'alice', 1), inCart(1, 8))
    }),
    step('everything comes in another order', async (context) => {
      await using _mixed = await context.nemesis.inject('messages.reorder', 'n2', { kinds: talk })
      await bustle(context, 2)
      await seesIn(context, theTab(context, 'alice', 1), inCart(1, 2, 8, 9))
    }),
    step('everything comes late', async (context) => {
      await using _late = await context.nemesis.inject('messages.delay', 'n2', { kinds: talk, delayMs: 800 })
      await takeOut(context, theTab(context, 'alice'), 1)
      await bustle(context, 3)
      await seesIn(context, theTab(context, 'alice', 1), inCart(2, 3, 8, 9, 10))
    }),
    step('what the trackers say does not come at all', async (context) => {
      await using _lost = await context.nemesis.inject('messages.drop', 'n2', { kinds: ['trackers'] })
      context.disconnect('guest-1')
      await context.wireShopper('guest-4', 'n3', { page: '/' })
    }),
  ],
  expectations: [
    after(2, 'the dashboard counts two shoppers', (context) =>
      seesIn(context, theDashboard(context, 'boss'), counts({ shoppers: 2 })),
    ),
    after(3, 'it counts three', (context) => seesIn(context, theDashboard(context, 'boss'), counts({ shoppers: 3 }))),
    after(4, 'it counts four', (context) => seesIn(context, theDashboard(context, 'boss'), counts({ shoppers: 4 }))),
    after(5, 'afterwards it knows who left and who came', (context) =>
      seesIn(
        context,
        theDashboard(context, 'boss'),
        counts({ shoppers: 4, items: { 2: 1, 3: 1, 5: 2, 8: 1, 9: 1, 10: 1 } }),
      ),
    ),
    after(5, 'both tabs show the same cart', async (context) => {
      for (const index of [0, 1]) await seesIn(context, theTab(context, 'alice', index), inCart(2, 3, 8, 9, 10))
    }),
  ],
  checkers: [
    tabsConverge,
    cartNeverLost,
    presenceMatchesReality,
    presenceJoinDeliveredOnce,
    nodesAgreeWithDatabase,
    viewsMatchFreshRender,
    joinedTopics,
  ],
})
