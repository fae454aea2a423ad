import {
  after,
  joinedTopics,
  nodesAgreeWithDatabase,
  releasedEverywhere,
  scenario,
  step,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { listings, openShop, sees, succeeded } from '../support.ts'

const victims = ['Sneakers23.Inventory', 'Sneakers23.Replication.Server', 'Sneakers23.Repo']

export default scenario({
  id: 'store/kill-actors',
  title: 'the parts of a node can be killed while a shopper waits',
  define:
    'Inventory, replication and database access of a node are killed; the shopper keeps the connection and sees the next release.',
  covers: ['AT-23', 'NF-6', 'FI-1', 'RT-9', 'RT-10', 'RT-77', 'ST-12', 'DF-69'],
  steps: [
    step('load the shop', async (cast) => void (await openShop(cast, 'alice', 'n1'))),
    step('kill three parts of its node', async (cast) => {
      for (const victim of victims) await cast.nemesis.inject('actor.kill', `n1/${victim}`)
      await cast.until('n1 is ready', 10_000, async () => (await cast.cluster.node('n1').control.ready()).ready)
    }),
    step('release product 1 on another node', async (cast) => succeeded(await cast.release('n2', 1), 'release')),
  ],
  expectations: [
    after(1, 'both listings say coming soon', (cast) => sees(cast, 'alice', listings({ 1: 'soon', 2: 'soon' }))),
    after(2, 'the shopper never lost the connection', async (cast) => {
      const lost = cast.recorder.events.filter(({ type, who }) => type === 'disconnect' && who === 'alice')
      if (lost.length > 0) throw new Error(`alice was disconnected ${lost.length} times`)
    }),
    after(3, 'product 1 has sizes', (cast) => sees(cast, 'alice', listings({ 1: 'sizes', 2: 'soon' }))),
  ],
  laws: [viewsMatchFreshRender, releasedEverywhere, nodesAgreeWithDatabase, joinedTopics],
})
