import { joinedTopics, scenariosFor, viewsMatchFreshRender } from '../../harness/index.ts'
import { listings, openShop, sees, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

/** The page may be stored here, so that the browser keeps it alive and brings it back as it was. */
export default scenario({
  id: 'store/back-forward-cache',
  title: 'a page that the browser kept alive catches up when it comes back',
  invariant: 'A shopper whose page was frozen while a product was released sees the release after coming back.',
  covers: ['AT-8', 'AT-7', 'DF-1', 'ST-47', 'CH-108'],
  tags: ['browser'],
  given: { env: { STORE_NO_STORE: 'off' } },
  steps: [
    step('load the shop', async (context) => void (await openShop(context, 'alice', 'n1', { bfcache: true }))),
    step('go to another site', (context) => theTab(context, 'alice').leave()),
    step('release product 1 meanwhile', async (context) => void (await context.release('n3', 1))),
    step('go back', async (context) => {
      const { restored } = await theTab(context, 'alice').back()
      if (!restored) context.notReached('the browser did not restore the page from its back-forward cache')
    }),
  ],
  expectations: [
    after(1, 'both listings say coming soon', (context) => sees(context, 'alice', listings({ 1: 'soon', 2: 'soon' }))),
    after(4, 'product 1 has sizes', (context) => sees(context, 'alice', listings({ 1: 'sizes', 2: 'soon' }))),
  ],
  checkers: [viewsMatchFreshRender, joinedTopics],
})
