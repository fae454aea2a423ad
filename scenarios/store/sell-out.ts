import {
  joinedTopics,
  neverOversold,
  nodesAgreeWithDatabase,
  noRedundantStockBroadcast,
  ownTopicsOnly,
  scenariosFor,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { openShop, received, sees, soldOut, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

export default scenario({
  id: 'store/sell-out',
  title: 'two nodes sell everything at once',
  invariant:
    'Two reducers on two nodes sell until nothing is left: every unit once, and every page ends sold out without a reload.',
  covers: ['ST-1', 'ST-19', 'ST-50', 'ST-59', 'NF-23', 'CH-51', 'DF-15', 'DF-68', 'ST-29', 'DF-143'],
  tags: ['browser'],
  steps: [
    step('two shoppers look at the shop on two nodes, and somebody asks for all news at once', async (context) => {
      await openShop(context, 'alice', 'n1')
      await openShop(context, 'bob', 'n3')
      const spy = await context.wire('spy', 'n1', { path: '/product_socket/websocket' })
      spy.send(['1', '1', 'product:all', 'phx_join', {}])
      await spy.receive('an answer', ([, ref]) => ref === '1')
    }),
    step('release both products', async (context) => {
      for (const id of [1, 2]) succeeded(await context.release('n1', id), 'release')
    }),
    step('sell everything on two nodes', async (context) => {
      const [one, two] = await Promise.all([
        context.reduce('n1', { unitsPerStep: 100 }),
        context.reduce('n2', { unitsPerStep: 100 }),
      ])
      succeeded(one, 'reducer on n1')
      succeeded(two, 'reducer on n2')
    }),
  ],
  expectations: [
    after(3, 'there is no topic of everything', async (context) => {
      const learned = new Set(
        received(context, 'spy', 'stock_change').map(({ value }) => (value as { item_id: number }).item_id),
      )
      if (learned.size > 0) throw new Error(`items whose stock anybody learns with one join: ${learned.size}`)
    }),
    after(3, 'alice sees everything sold out', (context) => sees(context, 'alice', soldOut)),
    after(3, 'bob sees everything sold out', (context) => sees(context, 'bob', soldOut)),
  ],
  checkers: [
    ownTopicsOnly,
    noRedundantStockBroadcast,
    neverOversold,
    viewsMatchFreshRender,
    nodesAgreeWithDatabase,
    joinedTopics,
  ],
})
