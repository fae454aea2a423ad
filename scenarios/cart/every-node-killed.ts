import { after, cartNeverLost, joinedTopics, recoveryTime, scenario, step, tabsConverge } from '../../harness/index.ts'
import { inCart, openShop, putIn, releaseBoth, sees, theTab } from '../support.ts'

const plenty = 50
const backWithinMs = 10_000

export default scenario({
  id: 'cart/every-node-killed',
  title: 'a full cart outlives its node, and all of them',
  define:
    'A cart is kept by the browser: its node is killed under the shopper, then every node, and it is there again.',
  covers: ['CT-2', 'CT-11', 'CT-32', 'NF-3', 'NF-4', 'NF-9', 'NF-10', 'AM-11', 'FI-2', 'DF-3', 'DF-85'],
  given: { stock: { 1: plenty, 2: plenty, 9: plenty } },
  steps: [
    step('a shopper fills a cart', async (cast) => {
      await releaseBoth(cast, 'n1')
      const tab = await openShop(cast, 'alice', 'n1')
      for (const itemId of [1, 2]) await putIn(cast, tab, itemId)
    }),
    step('kill its node and start it again', async (cast) => {
      await using _killed = await cast.nemesis.inject('node.kill', 'n1')
    }),
    step('put one more in', (cast) => putIn(cast, theTab(cast, 'alice'), 9)),
    step('kill every node, then start them again', async (cast) => {
      for (const { name } of cast.cluster.nodes) await cast.nemesis.inject('node.kill', name)
      await cast.nemesis.healEverything()
    }),
  ],
  expectations: [
    after(3, 'all three are in the cart', (cast) => sees(cast, 'alice', inCart(1, 2, 9))),
    after(4, 'all three are still in the cart', (cast) => sees(cast, 'alice', inCart(1, 2, 9))),
  ],
  laws: [cartNeverLost, tabsConverge, joinedTopics, recoveryTime(backWithinMs)],
})
