import {
  cartNeverLost,
  joinedTopics,
  neverOversold,
  nodesAgreeWithDatabase,
  type Reconnects,
  releasedEverywhere,
  scenariosFor,
} from '../../harness/index.ts'
import {
  countingReconnects,
  mustBeEven,
  noRequestWasRefused,
  shoppersCome,
  shoppingMeanwhile,
  somethingWasBought,
} from './support.ts'

const { scenario, step, after } = scenariosFor('store')

const shopperCount = 20
const green = ['g1', 'g2']
const overMs = 4_000
/** The connections of the shop's pages are counted by the balancer too. */
const boundMax = 6

export default scenario({
  id: 'deploy/blue-green',
  title: 'a second cluster takes over while people shop, and is taken back',
  invariant:
    'A blue-green deploy closes the connections of everybody once and evenly in time, ends with an even load, and no page, cart, sale or release is lost on the way there and back.',
  nightlyBecause: 'it starts a second cluster in addition to the first',
  withoutBackground: 'the nodes that its clients are bound to are away for a while',
  covers: ['DP-17', 'DP-27', 'DP-28', 'DP-29', 'DP-33', 'DP-34', 'DP-36', 'NF-11', 'FI-13', 'AT-28', 'DF-111'],
  given: { nodes: 2, standby: green, balancer: 'least-connections', stock: { 1: 500, 2: 500, 9: 500 } },
  steps: [
    step('shoppers come', (context) => shoppersCome(context, shopperCount)),
    step('switch to the second cluster', (context) =>
      countingReconnects(
        context,
        'blue-green',
        () =>
          shoppingMeanwhile(context, () =>
            context.nemesis.inject('deploy.blue-green', 'all', { green: green.join(','), overMs }),
          ),
        green,
      ),
    ),
    step('switch back', (context) =>
      countingReconnects(context, 'back', () => shoppingMeanwhile(context, () => context.nemesis.healEverything())),
    ),
  ],
  expectations: [
    after(2, 'every page that was asked for meanwhile came', noRequestWasRefused),
    after(2, 'somebody bought something meanwhile', somethingWasBought),
    after(2, 'the connections were closed one after the other', async ({ scratch }) => {
      const { lossesMs } = scratch.get('reconnects') as Reconnects
      const tookMs = Math.max(...lossesMs) - Math.min(...lossesMs)
      if (tookMs < overMs / 2)
        throw new Error(`all connections were closed within ${Math.round(tookMs)} ms, and ${overMs} ms are stated`)
    }),
    after(2, 'the load is even', (context) => mustBeEven(context, boundMax, green)),
    after(3, 'every page that was asked for on the way back came', noRequestWasRefused),
  ],
  checkers: [cartNeverLost, joinedTopics, neverOversold, nodesAgreeWithDatabase, releasedEverywhere],
})
