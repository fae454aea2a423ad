import { after, joinedTopics, scenario, step, viewsMatchFreshRender } from '../../harness/index.ts'
import { level, listings, mustBe, openShop, sees, succeeded, theTab } from '../support.ts'

export default scenario({
  id: 'store/one-listing-at-a-time',
  title: 'a release updates one listing, a stock change one button',
  define:
    'The page has its title; releasing the second product changes only its listing; news that a size is gone changes only its button.',
  covers: [
    'AT-29',
    'AT-30',
    'AT-31',
    'ST-37',
    'ST-39',
    'ST-40',
    'ST-41',
    'ST-42',
    'ST-43',
    'ST-44',
    'ST-63',
    'DF-71',
    'CH-29',
    'DF-128',
  ],
  given: { stock: { 8: 10 } },
  steps: [
    step('load the shop', async (cast) => void (await openShop(cast, 'alice', 'n1'))),
    step('release the second product', async (cast) => succeeded(await cast.release('n1', 2), 'release')),
    step('say that item 8 is gone, without a sale', async (cast) =>
      succeeded(await cast.notifyStock('n1', 8, 0), 'notification'),
    ),
    step('reload', (cast) => theTab(cast, 'alice').reload()),
  ],
  expectations: [
    after(1, 'the title is Sneakers23', async (cast) => {
      const title = await theTab(cast, 'alice').page.title()
      if (title !== 'Sneakers23') throw new Error(`the title is "${title}"`)
    }),
    after(1, 'the page has one connection for all its topics', async (cast) => {
      const { connections } = await cast.cluster.node('n1').control.state()
      mustBe(connections.length, 1, 'the connections of one page')
    }),
    after(1, 'both listings say coming soon', (cast) => sees(cast, 'alice', listings({ 1: 'soon', 2: 'soon' }))),
    after(2, 'only the second has sizes', (cast) => sees(cast, 'alice', listings({ 1: 'soon', 2: 'sizes' }))),
    after(2, 'item 8 is low', (cast) => sees(cast, 'alice', level(8, 'low'))),
    after(3, 'item 8 is out', (cast) => sees(cast, 'alice', level(8, 'out'))),
    after(4, 'the reload shows the stored state', (cast) => sees(cast, 'alice', level(8, 'low'))),
  ],
  laws: [viewsMatchFreshRender, joinedTopics],
})
