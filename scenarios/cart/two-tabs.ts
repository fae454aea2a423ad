import { after, cartNeverLost, joinedTopics, scenario, step, tabsConverge } from '../../harness/index.ts'
import { inCart, openShop, openTwoTabs, putIn, received, seesIn, takeOut, theTab } from '../support.ts'

const plenty = 50

export default scenario({
  id: 'cart/two-tabs',
  title: 'one cart in two tabs on two nodes',
  define:
    'Whatever one tab does the other one shows and takes over, also when both act at once; nobody is told of their own change again, and another shopper hears nothing.',
  covers: ['CT-38', 'CT-39', 'CT-40', 'CT-41', 'CT-42', 'CT-28', 'DF-80', 'DF-81', 'NF-10', 'DF-114'],
  given: { stock: { 1: plenty, 2: plenty, 3: plenty, 4: plenty } },
  steps: [
    step('a shopper with tabs on two nodes, and another one', async (cast) => {
      await openTwoTabs(cast, 'alice', ['n1', 'n2'])
      await openShop(cast, 'bob', 'n2')
    }),
    step('the first tab puts item 1 in', async (cast) => {
      cast.notes.set('told before', received(cast, 'alice', 'cart').length)
      await putIn(cast, theTab(cast, 'alice'), 1)
    }),
    step('the second tab adds item 2', (cast) => putIn(cast, theTab(cast, 'alice', 1), 2)),
    step('the second tab takes item 1 out', (cast) => takeOut(cast, theTab(cast, 'alice', 1), 1)),
    step('both add at once', async (cast) => {
      await Promise.all([theTab(cast, 'alice').add(3), theTab(cast, 'alice', 1).add(4)])
    }),
  ],
  expectations: [
    after(2, 'the second tab shows it', (cast) => seesIn(cast, theTab(cast, 'alice', 1), inCart(1))),
    after(2, 'the first tab was not told again what it had done itself', async (cast) => {
      const toldCount = received(cast, 'alice', 'cart').length - (cast.notes.get('told before') as number)
      if (toldCount > 0) throw new Error(`it was sent its own change ${toldCount} times`)
    }),
    after(3, 'the first tab shows both', (cast) => seesIn(cast, theTab(cast, 'alice'), inCart(1, 2))),
    after(4, 'the first tab shows the other one', (cast) => seesIn(cast, theTab(cast, 'alice'), inCart(2))),
    after(5, 'both show all three', async (cast) => {
      for (const index of [0, 1]) await seesIn(cast, theTab(cast, 'alice', index), inCart(2, 3, 4))
    }),
    after(5, 'the other shopper has an empty cart and was told of it once', async (cast) => {
      const toldCount = received(cast, 'bob', 'cart').length
      if (toldCount !== 1) throw new Error(`bob was sent ${toldCount} carts`)
    }),
  ],
  laws: [tabsConverge, cartNeverLost, joinedTopics],
})
