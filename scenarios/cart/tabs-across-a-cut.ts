import { cartNeverLost, joinedTopics, scenariosFor, tabsConverge } from '../../harness/index.ts'
import { inCart, openTwoTabs, putIn, seesIn, takeOut, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const plenty = 50

export default scenario({
  id: 'cart/tabs-across-a-cut',
  title: 'two tabs edit one cart while their nodes cannot talk',
  invariant:
    'Each side goes on; after the link is healed both tabs show every edit of both, and what one side took out stays out.',
  covers: ['CT-40', 'CT-41', 'FI-7', 'NF-8', 'AM-11', 'DF-82'],
  tags: ['browser'],
  given: { pubsub: 'mesh', stock: { 1: plenty, 2: plenty, 3: plenty, 4: plenty } },
  steps: [
    step('a cart with two items in tabs on two nodes', async (context) => {
      await openTwoTabs(context, 'alice', ['n1', 'n2'])
      await putIn(context, theTab(context, 'alice'), 1)
      await putIn(context, theTab(context, 'alice'), 2)
      await seesIn(context, theTab(context, 'alice', 1), inCart(1, 2))
    }),
    step('cut the link between the nodes', async (context) => {
      for (const link of ['n1->n2', 'n2->n1']) await context.nemesis.inject('link.cut', link)
    }),
    step('both tabs edit', async (context) => {
      await putIn(context, theTab(context, 'alice'), 3)
      await takeOut(context, theTab(context, 'alice'), 1)
      await putIn(context, theTab(context, 'alice', 1), 4)
    }),
    step('heal', (context) => context.nemesis.healEverything()),
  ],
  expectations: [
    after(3, 'each tab shows its own edits', async (context) => {
      await seesIn(context, theTab(context, 'alice'), inCart(2, 3))
      await seesIn(context, theTab(context, 'alice', 1), inCart(1, 2, 4))
    }),
    after(4, 'both tabs show the edits of both', async (context) => {
      await seesIn(context, theTab(context, 'alice'), inCart(2, 3, 4))
      await seesIn(context, theTab(context, 'alice', 1), inCart(2, 3, 4))
    }),
  ],
  checkers: [tabsConverge, cartNeverLost, joinedTopics],
})
