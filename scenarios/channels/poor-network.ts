import { joinedTopics, presenceMatchesReality, scenariosFor, viewsMatchFreshRender } from '../../harness/index.ts'
import { mustBeConnected } from '../stalls.ts'
import { enterBeside, listings, openShop, sees, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

export default scenario({
  id: 'channels/poor-network',
  title: 'a poor network delays news and loses none',
  invariant: 'A shopper whose network is slow and uneven sees a release a little later and keeps the connection.',
  covers: ['FI-4', 'CH-9', 'ST-4', 'AM-1', 'DF-65', 'DF-142'],
  tags: ['browser'],
  steps: [
    step('load the shop', async (context) => {
      await openShop(context, 'alice', 'n1')
      await enterBeside(context, 'n1')
    }),
    step('make the network slow, then release product 1', async (context) => {
      await context.nemesis.inject('link.latency', 'alice->n1 boss->n1 shoppers->n1', { delayMs: 300, jitterMs: 100 })
      succeeded(await context.release('n2', 1), 'release')
    }),
  ],
  expectations: [
    after(2, 'product 1 has sizes while the network is slow', (context) =>
      sees(context, 'alice', listings({ 1: 'sizes', 2: 'soon' })),
    ),
    after(2, 'the connection was never lost', async (context) => {
      mustBeConnected(
        context,
        (one) => one === 'alice',
        (who) => `${who} was disconnected`,
      )
    }),
  ],
  checkers: [viewsMatchFreshRender, joinedTopics, presenceMatchesReality],
})
