import {
  after,
  cartNeverLost,
  joinedTopics,
  scenario,
  step,
  tabsConverge,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { inCart, level, openShop, putIn, releaseBoth, sees, succeeded, theTab } from '../support.ts'

const [plenty, few] = [50, 2]
const forMs = 3_000

export default scenario({
  id: 'cluster/loop-blocked',
  title: 'a computation holds up one node',
  define:
    'While the event loop of one node is blocked the shoppers of the others go on; its own see everything that happened when it is over.',
  covers: ['FI-11', 'NF-13', 'NF-15', 'DF-52'],
  given: { stock: { 1: plenty, 2: plenty, 3: few } },
  steps: [
    step('a shopper on each of two nodes', async (cast) => {
      await releaseBoth(cast, 'n1')
      await putIn(cast, await openShop(cast, 'alice', 'n1'), 1)
      await openShop(cast, 'bob', 'n2')
    }),
    step('block the first node, and shop on the second', async (cast) => {
      const block = await cast.nemesis.inject('node.block', 'n1', { forMs })
      const startedMs = cast.clock.monotonicMs()
      await putIn(cast, theTab(cast, 'bob'), 2)
      for (let n = 0; n < few; n += 1) succeeded(await cast.sell('n3', 3), 'sale')
      await sees(cast, 'bob', level(3, 'out'))
      cast.notes.set('took', cast.clock.monotonicMs() - startedMs)
      await block.heal()
    }),
    step('the first shopper goes on', (cast) => putIn(cast, theTab(cast, 'alice'), 2)),
  ],
  expectations: [
    after(2, 'the second shopper did not wait for it', async (cast) => {
      const tookMs = Number(cast.notes.get('took'))
      if (tookMs > forMs) throw new Error(`it took ${Math.round(tookMs)} ms`)
    }),
    after(3, 'the first sees what sold out meanwhile', (cast) => sees(cast, 'alice', level(3, 'out'))),
    after(3, 'and has the cart', (cast) => sees(cast, 'alice', inCart(1, 2))),
  ],
  laws: [viewsMatchFreshRender, tabsConverge, cartNeverLost, joinedTopics],
})
