import {
  after,
  type Cast,
  cartNeverLost,
  joinedTopics,
  nodesAgreeWithDatabase,
  presenceMatchesReality,
  presenceToldOnce,
  scenario,
  step,
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

const plenty = 50
const talk = ['trackers', 'carts', 'replication', 'news']

/** One round of everything that nodes tell each other: an edit in each tab, a sale, a shopper who comes. */
async function bustle(cast: Cast, round: number) {
  await putIn(cast, theTab(cast, 'alice'), round)
  await putIn(cast, theTab(cast, 'alice', 1), round + 7)
  succeeded(await cast.sell('n1', 4), 'sale')
  mustBe(await (await cast.wireShopper(`guest-${round}`, 'n1', { page: '/' })).add(5), 'ok', 'add')
}

export default scenario({
  id: 'cluster/messages-tampered',
  title: 'messages between nodes come twice, late, in another order, or not at all',
  define:
    'Whatever happens to the messages of other nodes on their way into one node: carts, stock and dashboard end right, and nobody is told twice who came.',
  covers: ['FI-8', 'FI-9', 'PA-2', 'PA-4', 'CT-41', 'ST-57', 'AM-11'],
  given: {
    env: { TRACKER_DOWN_MS: '6000' },
    stock: { 1: plenty, 2: plenty, 3: plenty, 4: plenty, 5: plenty, 8: plenty, 9: plenty, 10: plenty },
  },
  steps: [
    step('a cart in tabs on two nodes, a dashboard on the second', async (cast) => {
      await openDashboard(cast, 'boss', 'n2')
      await openTwoTabs(cast, 'alice', ['n1', 'n2'])
    }),
    step('everything comes twice', async (cast) => {
      await using _twice = await cast.nemesis.inject('messages.duplicate', 'n2', { kinds: talk })
      await bustle(cast, 1)
      await seesIn(cast, theTab(cast, 'alice', 1), inCart(1, 8))
    }),
    step('everything comes in another order', async (cast) => {
      await using _mixed = await cast.nemesis.inject('messages.reorder', 'n2', { kinds: talk })
      await bustle(cast, 2)
      await seesIn(cast, theTab(cast, 'alice', 1), inCart(1, 2, 8, 9))
    }),
    step('everything comes late', async (cast) => {
      await using _late = await cast.nemesis.inject('messages.delay', 'n2', { kinds: talk, delayMs: 800 })
      await takeOut(cast, theTab(cast, 'alice'), 1)
      await bustle(cast, 3)
      await seesIn(cast, theTab(cast, 'alice', 1), inCart(2, 3, 8, 9, 10))
    }),
    step('what the trackers say does not come at all', async (cast) => {
      await using _lost = await cast.nemesis.inject('messages.drop', 'n2', { kinds: ['trackers'] })
      cast.dismiss('guest-1')
      await cast.wireShopper('guest-4', 'n3', { page: '/' })
    }),
  ],
  expectations: [
    after(2, 'the dashboard counts two shoppers', (cast) =>
      seesIn(cast, theDashboard(cast, 'boss'), counts({ shoppers: 2 })),
    ),
    after(3, 'it counts three', (cast) => seesIn(cast, theDashboard(cast, 'boss'), counts({ shoppers: 3 }))),
    after(4, 'it counts four', (cast) => seesIn(cast, theDashboard(cast, 'boss'), counts({ shoppers: 4 }))),
    after(5, 'afterwards it knows who left and who came', (cast) =>
      seesIn(cast, theDashboard(cast, 'boss'), counts({ shoppers: 4, items: { 2: 1, 3: 1, 5: 2, 8: 1, 9: 1, 10: 1 } })),
    ),
    after(5, 'both tabs show the same cart', async (cast) => {
      for (const index of [0, 1]) await seesIn(cast, theTab(cast, 'alice', index), inCart(2, 3, 8, 9, 10))
    }),
  ],
  laws: [
    tabsConverge,
    cartNeverLost,
    presenceMatchesReality,
    presenceToldOnce,
    nodesAgreeWithDatabase,
    viewsMatchFreshRender,
    joinedTopics,
  ],
})
