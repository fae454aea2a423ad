import { after, cartNeverLost, joinedTopics, scenario, step, tabsConverge } from '../../harness/index.ts'
import { inCart, openTwoTabs, putIn, seesIn, takeOut, theTab } from '../support.ts'

const plenty = 50

export default scenario({
  id: 'cart/tabs-across-a-cut',
  title: 'two tabs edit one cart while their nodes cannot talk',
  define:
    'Each side goes on; after the link is healed both tabs show every edit of both, and what one side took out stays out.',
  covers: ['CT-40', 'CT-41', 'FI-7', 'NF-8', 'AM-11', 'DF-82'],
  given: { pubsub: 'mesh', stock: { 1: plenty, 2: plenty, 3: plenty, 4: plenty } },
  steps: [
    step('a cart with two items in tabs on two nodes', async (cast) => {
      await openTwoTabs(cast, 'alice', ['n1', 'n2'])
      await putIn(cast, theTab(cast, 'alice'), 1)
      await putIn(cast, theTab(cast, 'alice'), 2)
      await seesIn(cast, theTab(cast, 'alice', 1), inCart(1, 2))
    }),
    step('cut the link between the nodes', async (cast) => {
      for (const link of ['n1->n2', 'n2->n1']) await cast.nemesis.inject('link.cut', link)
    }),
    step('both tabs edit', async (cast) => {
      await putIn(cast, theTab(cast, 'alice'), 3)
      await takeOut(cast, theTab(cast, 'alice'), 1)
      await putIn(cast, theTab(cast, 'alice', 1), 4)
    }),
    step('heal', (cast) => cast.nemesis.healEverything()),
  ],
  expectations: [
    after(3, 'each tab shows its own edits', async (cast) => {
      await seesIn(cast, theTab(cast, 'alice'), inCart(2, 3))
      await seesIn(cast, theTab(cast, 'alice', 1), inCart(1, 2, 4))
    }),
    after(4, 'both tabs show the edits of both', async (cast) => {
      await seesIn(cast, theTab(cast, 'alice'), inCart(2, 3, 4))
      await seesIn(cast, theTab(cast, 'alice', 1), inCart(2, 3, 4))
    }),
  ],
  laws: [tabsConverge, cartNeverLost, joinedTopics],
})
