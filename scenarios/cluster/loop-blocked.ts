import {
  cartNeverLost,
  joinedTopics,
  presenceMatchesReality,
  scenariosFor,
  tabsConverge,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { mustTakeAtMost, watchingStalls } from '../stalls.ts'
import { enterBeside, inCart, level, openShop, putIn, releaseBoth, sees, succeeded, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const [plenty, few] = [50, 2]
const forMs = 3_000

export default scenario({
  id: 'cluster/loop-blocked',
  title: 'a computation holds up one node',
  invariant:
    'While the event loop of one node is blocked the shoppers of the others go on; its own see everything that happened when it is over.',
  covers: ['FI-11', 'NF-13', 'NF-15', 'DF-52'],
  tags: ['browser'],
  given: { stock: { 1: plenty, 2: plenty, 3: few } },
  steps: [
    step('a shopper on each of two nodes', async (context) => {
      await releaseBoth(context, 'n1')
      await putIn(context, await openShop(context, 'alice', 'n1'), 1)
      await openShop(context, 'bob', 'n2')
      await enterBeside(context, 'n1')
    }),
    step('block the first node, and shop on the second', async (context) => {
      const block = await context.nemesis.inject('node.block', 'n1', { forMs })
      const startedMs = context.clock.monotonicMs()
      await watchingStalls(context, 'n3', async () => {
        await putIn(context, theTab(context, 'bob'), 2)
        for (let n = 0; n < few; n += 1) succeeded(await context.sell('n3', 3), 'sale')
        await sees(context, 'bob', level(3, 'out'))
      })
      context.scratch.set('took', context.clock.monotonicMs() - startedMs)
      await block.heal()
    }),
    step('the first shopper goes on', (context) => putIn(context, theTab(context, 'alice'), 2)),
  ],
  expectations: [
    after(2, 'the second shopper did not wait for it', async (context) => {
      const tookMs = Number(context.scratch.get('took'))
      mustTakeAtMost(context, tookMs, forMs, `it took ${Math.round(tookMs)} ms`)
    }),
    after(3, 'the first sees what sold out meanwhile', (context) => sees(context, 'alice', level(3, 'out'))),
    after(3, 'and has the cart', (context) => sees(context, 'alice', inCart(1, 2))),
  ],
  checkers: [viewsMatchFreshRender, tabsConverge, cartNeverLost, joinedTopics, presenceMatchesReality],
})
