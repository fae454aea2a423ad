import {
  joinedTopics,
  nodesAgreeWithDatabase,
  releasedEverywhere,
  scenariosFor,
  storeControl,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { listings, openShop, sees, succeeded, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

export default scenario({
  id: 'store/joined-before-stock',
  title: 'a shopper who is back before the server has its stock',
  invariant:
    'A shopper misses a release while the server is down, and joins again before the server could read the database: once it can, the page shows the release.',
  covers: ['AT-22', 'AM-5', 'AM-11', 'DF-2', 'FI-2', 'FI-6', 'NF-4', 'ST-47'],
  tags: ['browser'],
  steps: [
    step('load the shop', async (context) => void (await openShop(context, 'alice', 'n1'))),
    step('stop the server, release product 1 on another node', async (context) => {
      await context.nemesis.inject('node.stop', 'n1')
      succeeded(await context.release('n2', 1), 'release')
    }),
    step('kill the database, start the server without it', async (context) => {
      context.scratch.set('outage', await context.nemesis.inject('db.kill', 'db'))
      await context.cluster.node('n1').start()
      await context.until('alice is joined again', 25_000, async () => {
        const { connected, expected, joined } = await theTab(context, 'alice').joins()
        return connected && joined.length === expected.length
      })
      if ((await storeControl(context.cluster.node('n1').control).ready()).inventory)
        context.notReached('the server had its stock before the shopper was back')
    }),
    step('start the database', async (context) => {
      await (context.scratch.get('outage') as { heal(): Promise<void> }).heal()
      await context.cluster.node('n1').ready(15_000)
    }),
  ],
  expectations: [
    after(1, 'both listings say coming soon', (context) => sees(context, 'alice', listings({ 1: 'soon', 2: 'soon' }))),
    after(4, 'product 1 has sizes', (context) => sees(context, 'alice', listings({ 1: 'sizes', 2: 'soon' }))),
  ],
  checkers: [viewsMatchFreshRender, releasedEverywhere, nodesAgreeWithDatabase, joinedTopics],
})
