import {
  after,
  joinedTopics,
  neverOversold,
  nodesAgreeWithDatabase,
  scenario,
  step,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { level, openShop, sees, succeeded } from '../support.ts'

export default scenario({
  id: 'cluster/partition-last-pair',
  title: 'both sides of a split sell the last pair',
  define:
    'n2 is cut off from the others while both sides sell the last pair; one of them gets it, and after healing every node and page knows.',
  covers: ['NF-8', 'FI-7', 'ST-11', 'ST-14', 'ST-19', 'ST-57', 'DF-61', 'AM-11'],
  given: { pubsub: 'mesh', stock: { 4: 1 } },
  steps: [
    step('shoppers look on both sides', async (cast) => {
      await openShop(cast, 'alice', 'n1')
      await openShop(cast, 'bob', 'n2')
      succeeded(await cast.release('n1', 1), 'release')
    }),
    step('cut n2 off, then sell the last pair on both sides', async (cast) => {
      await cast.nemesis.inject('link.partition', 'n2|n1,n3')
      const both = await Promise.all([cast.sell('n1', 4), cast.sell('n2', 4)])
      cast.notes.set('sold', both.filter(({ kind }) => kind === 'ok').length)
    }),
    step('heal', (cast) => cast.nemesis.healEverything()),
  ],
  expectations: [
    after(2, 'one side got it, the other did not', async (cast) => {
      if (cast.notes.get('sold') !== 1) throw new Error(`${cast.notes.get('sold')} sides sold it`)
    }),
    after(3, 'alice sees it gone', (cast) => sees(cast, 'alice', level(4, 'out'))),
    after(3, 'bob sees it gone', (cast) => sees(cast, 'bob', level(4, 'out'))),
  ],
  laws: [neverOversold, nodesAgreeWithDatabase, viewsMatchFreshRender, joinedTopics],
})
