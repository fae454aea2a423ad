import {
  joinedTopics,
  neverOversold,
  nodesAgreeWithDatabase,
  scenariosFor,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { level, mustHaveEnded, openShop, sees, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

export default scenario({
  id: 'cluster/partition-last-pair',
  title: 'both sides of a split sell the last pair',
  invariant:
    'n2 is cut off from the others while both sides sell the last pair; one of them gets it, and after healing every node and page knows.',
  covers: ['NF-8', 'FI-7', 'ST-11', 'ST-14', 'ST-19', 'ST-57', 'DF-61', 'AM-11'],
  tags: ['browser'],
  given: { pubsub: 'mesh', stock: { 4: 1 } },
  steps: [
    step('shoppers look on both sides', async (context) => {
      await openShop(context, 'alice', 'n1')
      await openShop(context, 'bob', 'n2')
      succeeded(await context.release('n1', 1), 'release')
    }),
    step('cut n2 off, then sell the last pair on both sides', async (context) => {
      await context.nemesis.inject('link.partition', 'n2|n1,n3')
      const both = await Promise.all([context.sell('n1', 4), context.sell('n2', 4)])
      context.scratch.set('sold', both.map(({ kind }) => kind).toSorted())
    }),
    step('heal', (context) => context.nemesis.healEverything()),
  ],
  expectations: [
    after(2, 'one side got it, the other did not', async (context) => {
      mustHaveEnded(context, context.scratch.get('sold'), ['failed', 'ok'], 'the sales')
    }),
    after(3, 'alice sees it gone', (context) => sees(context, 'alice', level(4, 'out'))),
    after(3, 'bob sees it gone', (context) => sees(context, 'bob', level(4, 'out'))),
  ],
  checkers: [neverOversold, nodesAgreeWithDatabase, viewsMatchFreshRender, joinedTopics],
})
