import { cartNeverLost, joinedTopics, presenceMatchesReality, scenariosFor, tabsConverge } from '../../harness/index.ts'
import {
  counts,
  inCart,
  openDashboard,
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

/** The page may be stored here, so that the browser keeps it alive and brings it back as it was. */
export default scenario({
  id: 'cart/restored-tab',
  title: 'a tab is restored, frozen and closed while its cart changes elsewhere',
  invariant:
    'A tab that comes out of the back-forward cache, or was frozen until its connection was given up, shows the cart as it is now; a closed one is not counted.',
  covers: ['AT-10', 'CT-21', 'CT-41', 'FI-5', 'PA-28', 'PA-43', 'CH-108'],
  expectedDurationMs: 17_000,
  tags: ['browser'],
  given: {
    env: { STORE_NO_STORE: 'off', SOCKET_IDLE_TIMEOUT_MS: '3000' },
    stock: { 1: plenty, 2: plenty, 3: plenty },
  },
  steps: [
    step('one cart in two tabs, and a dashboard', async (context) => {
      await releaseBoth(context, 'n1')
      await openDashboard(context, 'boss', 'n3')
      await openShop(context, 'alice', 'n1', { bfcache: true })
      await openShop(context, 'alice', 'n2')
      await putIn(context, theTab(context, 'alice'), 1)
    }),
    step('one tab goes to another site', (context) => theTab(context, 'alice').leave()),
    step('the cart changes in the other one', async (context) => {
      await putIn(context, theTab(context, 'alice', 1), 2)
      await takeOut(context, theTab(context, 'alice', 1), 1)
    }),
    step('the tab goes back', async (context) => {
      const { restored } = await theTab(context, 'alice').back()
      if (!restored) context.notReached('the browser did not restore the page from its back-forward cache')
    }),
    step('the second tab is frozen until its node gives it up', async (context) => {
      await context.nemesis.inject('client.suspend', 'alice#2')
      await seesIn(context, theDashboard(context, 'boss'), counts({ shoppers: 1, pages: { '/': 1 } }))
    }),
    step('the cart changes in the first', (context) => putIn(context, theTab(context, 'alice'), 3)),
    step('the second tab goes on', (context) => context.nemesis.healEverything()),
    step('close the first tab', async (context) => {
      await seesIn(context, theTab(context, 'alice', 1), inCart(2, 3))
      await theTab(context, 'alice').close()
    }),
  ],
  expectations: [
    after(2, 'one tab is counted', (context) =>
      seesIn(context, theDashboard(context, 'boss'), counts({ shoppers: 1, pages: { '/': 1 } })),
    ),
    after(4, 'the restored tab shows the change', (context) => seesIn(context, theTab(context, 'alice'), inCart(2))),
    after(4, 'both tabs are counted', (context) =>
      seesIn(context, theDashboard(context, 'boss'), counts({ shoppers: 1, pages: { '/': 2 } })),
    ),
    after(7, 'it shows what happened meanwhile', (context) =>
      seesIn(context, theTab(context, 'alice', 1), inCart(2, 3)),
    ),
    after(8, 'one tab is counted', (context) =>
      seesIn(context, theDashboard(context, 'boss'), counts({ shoppers: 1, pages: { '/': 1 } })),
    ),
  ],
  checkers: [tabsConverge, cartNeverLost, presenceMatchesReality, joinedTopics],
})
