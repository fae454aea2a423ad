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
  noRequestWasRefused,
  shoppersCome,
  shoppingMeanwhile,
  somethingWasBought,
} from './support.ts'

const { scenario, step, after } = scenariosFor('store')

const shopperCount = 12

export default scenario({
  id: 'deploy/rolling',
  title: 'new code comes to one node after the other while people shop',
  invariant:
    'A rolling deploy behind a balancer replaces every node by a new process: some node serves all the time, every page is answered, everybody is joined again, and no cart, sale or release is lost.',
  covers: ['DP-17', 'DP-19', 'DP-27', 'DP-28', 'DP-30', 'DP-36', 'NF-11', 'FI-13', 'AT-28', 'DF-108'],
  given: { nodes: 2, balancer: 'round-robin', stock: { 1: 500, 2: 500, 9: 500 } },
  steps: [
    step('shoppers come through the balancer', (context) => shoppersCome(context, shopperCount)),
    step('deploy to n1 and then to n2', (context) =>
      countingReconnects(context, 'rolling', () =>
        shoppingMeanwhile(context, async () => {
          await using _deploy = await context.nemesis.inject('deploy.rolling', 'all')
        }),
      ),
    ),
  ],
  expectations: [
    after(2, 'every page that was asked for meanwhile came', noRequestWasRefused),
    after(2, 'somebody bought something meanwhile', somethingWasBought),
  ],
  checkers: [cartNeverLost, joinedTopics, neverOversold, nodesAgreeWithDatabase, releasedEverywhere],
})
