import { joinedTopics, scenariosFor, viewsMatchFreshRender } from '../../harness/index.ts'
import { connectionsToStore, level, listings, mustBe, openShop, sees, succeeded, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

export default scenario({
  id: 'store/one-listing-at-a-time',
  title: 'a release updates one listing, a stock change one button',
  invariant:
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
  tags: ['browser'],
  given: { stock: { 8: 10 } },
  steps: [
    step('load the shop', async (context) => void (await openShop(context, 'alice', 'n1'))),
    step('release the second product', async (context) => succeeded(await context.release('n1', 2), 'release')),
    step('say that item 8 is gone, without a sale', async (context) =>
      succeeded(await context.notifyStock('n1', 8, 0), 'notification'),
    ),
    step('reload', (context) => theTab(context, 'alice').reload()),
  ],
  expectations: [
    after(1, 'the title is Sneakers23', async (context) => {
      const title = await theTab(context, 'alice').page.title()
      if (title !== 'Sneakers23') throw new Error(`the title is "${title}"`)
    }),
    after(1, 'the page has one connection for all its topics', async (context) => {
      const { control } = context.cluster.node('n1')
      const held = async () => connectionsToStore((await control.state()).connections).length
      await context
        .until('a page has one connection', 8_000, async () => (await held()) === 1)
        .catch(async () => mustBe(await held(), 1, 'the connections of one page'))
    }),
    after(1, 'both listings say coming soon', (context) => sees(context, 'alice', listings({ 1: 'soon', 2: 'soon' }))),
    after(2, 'only the second has sizes', (context) => sees(context, 'alice', listings({ 1: 'soon', 2: 'sizes' }))),
    after(2, 'item 8 is low', (context) => sees(context, 'alice', level(8, 'low'))),
    after(3, 'item 8 is out', (context) => sees(context, 'alice', level(8, 'out'))),
    after(4, 'the reload shows the stored state', (context) => sees(context, 'alice', level(8, 'low'))),
  ],
  checkers: [viewsMatchFreshRender, joinedTopics],
})
