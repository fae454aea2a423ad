import {
  joinedTopics,
  nodesAgreeWithDatabase,
  noRedundantStockBroadcast,
  oneAnnouncementPerChange,
  releasedEverywhere,
  replicationBounded,
  scenariosFor,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { level, listings, openShop, sees, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

export default scenario({
  id: 'cluster/replication',
  title: 'what one node does, every node knows',
  invariant:
    'A node without a web server releases and sells; pages on the other nodes follow, once for each change, and look the same after a reload.',
  covers: [
    'AT-24',
    'ST-3',
    'AT-25',
    'DP-3',
    'ST-16',
    'ST-17',
    'ST-52',
    'ST-53',
    'ST-54',
    'ST-55',
    'ST-56',
    'ST-58',
    'ST-60',
    'DF-56',
    'DF-57',
    'DF-58',
    'DF-59',
    'DF-60',
    'DF-64',
    'ST-29',
    'DF-89',
  ],
  tags: ['browser'],
  given: { nodesWithoutWeb: ['n3'], stock: { 1: 2, 8: 151 } },
  steps: [
    step('shoppers look at the shop on both web nodes', async (context) => {
      await openShop(context, 'alice', 'n1')
      await openShop(context, 'bob', 'n2')
    }),
    step('the node without web server releases both products', async (context) => {
      for (const id of [1, 2]) succeeded(await context.release('n3', id), 'release')
    }),
    step('it sells the last pairs of item 1, and item 8 down to low', async (context) => {
      for (const id of [1, 1, 8, 8]) succeeded(await context.sell('n3', id), 'sale')
    }),
  ],
  expectations: [
    after(2, 'alice sees both products', (context) => sees(context, 'alice', listings({ 1: 'sizes', 2: 'sizes' }))),
    after(2, 'bob sees both products', (context) => sees(context, 'bob', listings({ 1: 'sizes', 2: 'sizes' }))),
    after(3, 'bob sees item 1 out', (context) => sees(context, 'bob', level(1, 'out'))),
    after(3, 'alice sees item 8 low', (context) => sees(context, 'alice', level(8, 'low'))),
  ],
  checkers: [
    nodesAgreeWithDatabase,
    viewsMatchFreshRender,
    oneAnnouncementPerChange,
    noRedundantStockBroadcast,
    replicationBounded,
    releasedEverywhere,
    joinedTopics,
  ],
})
