import { joinedTopics, releasedEverywhere, scenariosFor, viewsMatchFreshRender } from '../../harness/index.ts'
import { listings, openShop, sees, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

/** The browser that keeps no live pages: going back asks again or shows what it stored. */
export default scenario({
  id: 'store/back-navigation',
  title: 'going back to the shop shows what is on sale now',
  invariant: 'A shopper who saw a release, went to another site and came back with the back button sees the release.',
  covers: ['AT-8', 'DF-1', 'ST-22', 'ST-23', 'ST-46', 'ST-47'],
  tags: ['browser'],
  steps: [
    step('load the shop', async (context) => void (await openShop(context, 'alice', 'n1'))),
    step('release product 1', async (context) => void (await context.release('n2', 1))),
    step('go to another site', (context) => theTab(context, 'alice').leave()),
    step('go back', async (context) => {
      const { restored } = await theTab(context, 'alice').back()
      if (restored)
        context.notReached('the page came from the back-forward cache, but this scenario is about a browser without it')
    }),
  ],
  expectations: [
    after(1, 'both listings say coming soon', (context) => sees(context, 'alice', listings({ 1: 'soon', 2: 'soon' }))),
    after(2, 'product 1 has sizes', (context) => sees(context, 'alice', listings({ 1: 'sizes', 2: 'soon' }))),
    after(4, 'product 1 still has sizes', (context) => sees(context, 'alice', listings({ 1: 'sizes', 2: 'soon' }))),
  ],
  checkers: [viewsMatchFreshRender, releasedEverywhere, joinedTopics],
})
