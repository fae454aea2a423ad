import { cartNeverLost, joinedTopics, scenariosFor, tabsConverge } from '../../harness/index.ts'
import { receivedPerJoin } from '../stalls.ts'
import { inCart, openShop, openTwoTabs, putIn, seesIn, takeOut, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const plenty = 50

export default scenario({
  id: 'cart/two-tabs',
  title: 'one cart in two tabs on two nodes',
  invariant:
    'Whatever one tab does the other one shows and takes over, also when both act at once; nobody is told of their own change again, and another shopper hears nothing.',
  covers: ['CT-38', 'CT-39', 'CT-40', 'CT-41', 'CT-42', 'CT-28', 'DF-80', 'DF-81', 'NF-10', 'DF-114'],
  tags: ['browser'],
  given: { stock: { 1: plenty, 2: plenty, 3: plenty, 4: plenty } },
  steps: [
    step('a shopper with tabs on two nodes, and another one', async (context) => {
      await openTwoTabs(context, 'alice', ['n1', 'n2'])
      await openShop(context, 'bob', 'n2')
    }),
    step('the first tab puts item 1 in', async (context) => {
      await putIn(context, theTab(context, 'alice'), 1)
    }),
    step('the second tab adds item 2', (context) => putIn(context, theTab(context, 'alice', 1), 2)),
    step('the second tab takes item 1 out', (context) => takeOut(context, theTab(context, 'alice', 1), 1)),
    step('both add at once', async (context) => {
      await Promise.all([theTab(context, 'alice').add(3), theTab(context, 'alice', 1).add(4)])
    }),
  ],
  expectations: [
    after(2, 'the second tab shows it', (context) => seesIn(context, theTab(context, 'alice', 1), inCart(1))),
    after(2, 'the first tab was not sent its own change', async (context) => {
      const toldCount = Math.max(...receivedPerJoin(context, 'alice', 'cart'))
      if (toldCount > 1) throw new Error(`it was sent its own change ${toldCount - 1} times`)
    }),
    after(3, 'the first tab shows both', (context) => seesIn(context, theTab(context, 'alice'), inCart(1, 2))),
    after(4, 'the first tab shows the other one', (context) => seesIn(context, theTab(context, 'alice'), inCart(2))),
    after(5, 'both show all three', async (context) => {
      for (const index of [0, 1]) await seesIn(context, theTab(context, 'alice', index), inCart(2, 3, 4))
    }),
    after(5, 'the other shopper has an empty cart and was told of it once in each join', async (context) => {
      const toldCounts = receivedPerJoin(context, 'bob', 'cart')
      if (toldCounts.length === 0) throw new Error('bob was sent no cart')
      if (Math.max(...toldCounts) > 1) throw new Error(`bob was sent ${Math.max(...toldCounts)} carts in one join`)
    }),
  ],
  checkers: [tabsConverge, cartNeverLost, joinedTopics],
})
