import {
  cartNeverLost,
  joinedTopics,
  neverOversold,
  nodesAgreeWithDatabase,
  releasedEverywhere,
  scenariosFor,
} from '../../harness/index.ts'
import {
  countingReconnects,
  mustBeEven,
  noRequestWasRefused,
  shedEveryMs,
  shedSurplus,
  shoppersCome,
  shoppingMeanwhile,
  somethingWasBought,
} from './support.ts'

const { scenario, step, after } = scenariosFor('store')

const shopperCount = 24
const boundMax = 4

export default scenario({
  id: 'deploy/rolling-with-spare',
  title: 'new code comes to one node after the other while a spare takes their clients',
  invariant:
    'With a spare there are never fewer nodes than before; every page is answered, everybody is joined again, nothing is lost, and shedding the surplus makes the load even afterwards.',
  nightlyBecause: 'it restarts three nodes one after the other, and starts a fourth',
  withoutBackground: 'clients that are bound to one node come back to it when it sheds them, and no round would end',
  covers: ['DP-27', 'DP-28', 'DP-30', 'DP-49', 'NF-11', 'NF-12', 'FI-13', 'AT-28', 'DF-110'],
  given: {
    nodes: 3,
    standby: ['n4'],
    balancer: 'least-connections',
    env: { SHED_EVERY_MS: String(shedEveryMs) },
    stock: { 1: 500, 2: 500, 9: 500 },
  },
  steps: [
    step('shoppers come', (context) => shoppersCome(context, shopperCount)),
    step('deploy to all nodes', (context) =>
      countingReconnects(context, 'rolling with a spare', () =>
        shoppingMeanwhile(context, async () => {
          await using _deploy = await context.nemesis.inject('deploy.rolling', 'all', { spare: 'n4' })
        }),
      ),
    ),
    step('shed the surplus', (context) => countingReconnects(context, 'shedding', () => shedSurplus(context))),
  ],
  expectations: [
    after(2, 'every page that was asked for meanwhile came', noRequestWasRefused),
    after(2, 'somebody bought something meanwhile', somethingWasBought),
    after(3, 'the load is even', (context) => mustBeEven(context, boundMax)),
  ],
  checkers: [cartNeverLost, joinedTopics, neverOversold, nodesAgreeWithDatabase, releasedEverywhere],
})
