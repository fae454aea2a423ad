import { atMostOnce, isOnSale, joinedTopics, nodesAgreeWithDatabase, scenariosFor } from '../../harness/index.ts'
import { succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const backWithinMs = 20_000

export default scenario({
  id: 'cluster/off-the-network',
  title: 'a node is taken off its network and comes back',
  invariant:
    'A node that nobody can reach, and that reaches nobody, sells nothing; the others go on, and when it is back it has what it missed.',
  covers: ['FI-7', 'NF-8', 'ST-57', 'AM-4'],
  given: { stock: { 1: 9 } },
  steps: [
    step('listeners on two nodes', async (context) => {
      for (const node of ['n1', 'n2']) await (await context.client(`listener-${node}`, node)).join('ping')
      await context.publish('n2')
    }),
    step('n1 is taken off the network; the others release and sell', async (context) => {
      const cut = await context.nemesis.inject('node.disconnect', 'n1')
      for (const id of [1, 2]) succeeded(await context.release('n2', id), 'release')
      succeeded(await context.sell('n3', 1), 'sale')
      await context.publish('n3')
      await cut.heal()
    }),
  ],
  expectations: [
    after(2, 'n1 knows of the releases', async (context) => {
      await context.until('every node knows of the releases', backWithinMs, () => isOnSale(context.cluster))
    }),
  ],
  checkers: [atMostOnce, joinedTopics, nodesAgreeWithDatabase],
})
