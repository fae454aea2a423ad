import {
  cartNeverLost,
  joinedTopics,
  presenceMatchesReality,
  recoveryTime,
  scenariosFor,
  tabsConverge,
} from '../../harness/index.ts'
import { enterBeside, inCart, openShop, putIn, releaseBoth, sees, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const plenty = 50
const backWithinMs = 10_000

export default scenario({
  id: 'cart/every-node-killed',
  title: 'a full cart outlives its node, and all of them',
  invariant:
    'A cart is kept by the browser: its node is killed under the shopper, then every node, and it is there again.',
  covers: ['CT-2', 'CT-11', 'CT-32', 'NF-3', 'NF-4', 'NF-9', 'NF-10', 'AM-11', 'FI-2', 'DF-3', 'DF-85'],
  tags: ['browser'],
  given: { stock: { 1: plenty, 2: plenty, 9: plenty } },
  steps: [
    step('a shopper fills a cart', async (context) => {
      await releaseBoth(context, 'n1')
      const tab = await openShop(context, 'alice', 'n1')
      for (const itemId of [1, 2]) await putIn(context, tab, itemId)
      await enterBeside(context, 'n1')
    }),
    step('kill its node and start it again', async (context) => {
      await using _killed = await context.nemesis.inject('node.kill', 'n1')
    }),
    step('put one more in', (context) => putIn(context, theTab(context, 'alice'), 9)),
    step('kill every node, then start them again', async (context) => {
      for (const { name } of context.cluster.nodes) await context.nemesis.inject('node.kill', name)
      await context.nemesis.healEverything()
    }),
  ],
  expectations: [
    after(3, 'all three are in the cart', (context) => sees(context, 'alice', inCart(1, 2, 9))),
    after(4, 'all three are still in the cart', (context) => sees(context, 'alice', inCart(1, 2, 9))),
  ],
  checkers: [cartNeverLost, tabsConverge, joinedTopics, recoveryTime(backWithinMs), presenceMatchesReality],
})
