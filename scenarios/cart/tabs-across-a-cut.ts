import { after, type Cast, cartNeverLost, joinedTopics, scenario, step, tabsConverge } from '../../harness/index.ts'
import { inCart, openShop, putIn, releaseBoth, seesIn, takeOut } from '../support.ts'

const plenty = 50
const tabAt = (cast: Cast, index: number) => cast.shoppers()[0]!.tabs[index]!

export default scenario({
  id: 'cart/tabs-across-a-cut',
  title: 'two tabs edit one cart while their nodes cannot talk',
  define:
    'Each side goes on; after the link is healed both tabs show every edit of both, and what one side took out stays out.',
  covers: ['CT-40', 'CT-41', 'FI-7', 'NF-8', 'AM-11', 'DF-82'],
  given: { pubsub: 'mesh', stock: { 1: plenty, 2: plenty, 3: plenty, 4: plenty } },
  steps: [
    step('a cart with two items in tabs on two nodes', async (cast) => {
      await releaseBoth(cast, 'n1')
      await openShop(cast, 'alice', 'n1')
      await openShop(cast, 'alice', 'n2')
      await putIn(cast, tabAt(cast, 0), 1)
      await putIn(cast, tabAt(cast, 0), 2)
      await seesIn(cast, tabAt(cast, 1), inCart(1, 2))
    }),
    step('cut the link between the nodes', async (cast) => {
      for (const link of ['n1->n2', 'n2->n1']) await cast.nemesis.inject('link.cut', link)
    }),
    step('both tabs edit', async (cast) => {
      await putIn(cast, tabAt(cast, 0), 3)
      await takeOut(cast, tabAt(cast, 0), 1)
      await putIn(cast, tabAt(cast, 1), 4)
    }),
    step('heal', (cast) => cast.nemesis.healEverything()),
  ],
  expectations: [
    after(3, 'each tab shows its own edits', async (cast) => {
      await seesIn(cast, tabAt(cast, 0), inCart(2, 3))
      await seesIn(cast, tabAt(cast, 1), inCart(1, 2, 4))
    }),
    after(4, 'both tabs show the edits of both', async (cast) => {
      await seesIn(cast, tabAt(cast, 0), inCart(2, 3, 4))
      await seesIn(cast, tabAt(cast, 1), inCart(2, 3, 4))
    }),
  ],
  laws: [tabsConverge, cartNeverLost, joinedTopics],
})
