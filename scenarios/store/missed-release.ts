import { joinedTopics, recoveryTime, scenariosFor, viewsMatchFreshRender } from '../../harness/index.ts'
import { listings, openShop, sees, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

export default scenario({
  id: 'store/missed-release',
  title: 'a release in the gap is seen after the reconnect',
  invariant:
    'A product is released while a shopper is cut off; once the shopper is back the page shows it without a reload.',
  covers: ['AT-9', 'DF-2', 'ST-47', 'AM-5', 'AM-11', 'FI-3', 'NF-2', 'CH-27'],
  tags: ['browser'],
  steps: [
    step('load the shop', async (context) => void (await openShop(context, 'alice', 'n1'))),
    step('cut the shopper off, release product 1, mend the cut', async (context) => {
      await using _cut = await context.nemesis.inject('link.cut', 'alice->n1')
      succeeded(await context.release('n2', 1), 'release')
      await context.clock.sleep(1_000)
    }),
  ],
  expectations: [
    after(1, 'both listings say coming soon', (context) => sees(context, 'alice', listings({ 1: 'soon', 2: 'soon' }))),
    after(2, 'product 1 has sizes', (context) => sees(context, 'alice', listings({ 1: 'sizes', 2: 'soon' }))),
  ],
  checkers: [recoveryTime(10_000), viewsMatchFreshRender, joinedTopics],
})
