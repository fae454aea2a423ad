import {
  cartNeverLost,
  joinedTopics,
  ordersChargedOnce,
  presenceMatchesReality,
  scenariosFor,
  tabsConverge,
} from '../../harness/index.ts'
import {
  counts,
  inCart,
  mustBe,
  mustHaveEnded,
  openDashboard,
  openTwoTabs,
  putIn,
  seesIn,
  theDashboard,
  theTab,
  tokenOf,
} from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const plenty = 50
const skewMs = 120_000

export default scenario({
  id: 'cluster/clock-skew',
  title: 'three nodes that do not agree what time it is',
  invariant:
    'One clock is two minutes ahead and another two minutes behind: carts, logins, purchases and the dashboard work across all nodes, before, during and after.',
  covers: ['FI-10', 'NF-22', 'DF-42', 'CT-11', 'CH-83', 'DP-15'],
  tags: ['browser'],
  given: { stock: { 1: plenty, 2: plenty, 3: plenty, 9: plenty } },
  steps: [
    step('a cart in two tabs, and a dashboard', async (context) => {
      await openDashboard(context, 'boss', 'n3')
      await openTwoTabs(context, 'alice', ['n1', 'n2'])
      await putIn(context, theTab(context, 'alice'), 1)
    }),
    step('put two clocks wrong', async (context) => {
      await context.nemesis.inject('clock.skew', 'n1', { skewMs })
      await context.nemesis.inject('clock.skew', 'n2', { skewMs: -skewMs })
    }),
    step('both tabs edit the cart, another shopper comes', async (context) => {
      await putIn(context, theTab(context, 'alice'), 2)
      await putIn(context, theTab(context, 'alice', 1), 3)
      const bob = await context.wireShopper('bob', 'n2', { page: '/' })
      mustBe(await bob.add(9), 'ok', 'add')
    }),
    step('a user takes a token from one node to the other', async (context) => {
      for (const [from, to] of [
        ['n1', 'n2'],
        ['n2', 'n1'],
      ] as const) {
        const token = await tokenOf(context, from, 1)
        const user = await context.wire(`user-${from}-${to}`, to, { path: '/auth_socket/websocket', query: { token } })
        if (user.status !== 101) context.scratch.set('refused', `a token of ${from} on ${to}: ${user.status}`)
      }
    }),
    step('reload a tab, and buy', async (context) => {
      await theTab(context, 'alice').reload()
      context.scratch.set('bought', await (await context.wireShopper('bob', 'n2')).buy())
    }),
    step('put the clocks right', (context) => context.nemesis.healEverything()),
  ],
  expectations: [
    after(3, 'both tabs show all edits', async (context) => {
      for (const index of [0, 1]) await seesIn(context, theTab(context, 'alice', index), inCart(1, 2, 3))
    }),
    after(3, 'the dashboard counts both shoppers', (context) =>
      seesIn(context, theDashboard(context, 'boss'), counts({ shoppers: 2, items: { 1: 1, 2: 1, 3: 1, 9: 1 } })),
    ),
    after(4, 'it is good there', async (context) => mustBe(context.scratch.get('refused'), undefined, 'a token')),
    after(5, 'the cart is there, and the other one is bought', async (context) => {
      await seesIn(context, theTab(context, 'alice'), inCart(1, 2, 3))
      mustHaveEnded(context, context.scratch.get('bought'), 'ok', 'the purchase')
    }),
  ],
  checkers: [tabsConverge, cartNeverLost, presenceMatchesReality, ordersChargedOnce, joinedTopics],
})
