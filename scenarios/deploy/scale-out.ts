import { cartNeverLost, joinedTopics, nodesAgreeWithDatabase, scenariosFor } from '../../harness/index.ts'
import { mustBe } from '../support.ts'
import { countingReconnects, loadsOf, mustBeEven, shedEveryMs, shedSurplus, shoppersCome } from './support.ts'

const { scenario, step, after } = scenariosFor('store')

const shopperCount = 24
const standby = ['n3']
/** Those who are shed last may land on one node. */
const boundMax = 3

export default scenario({
  id: 'deploy/scale-out',
  title: 'a third node comes, and the others shed what they have over the mean',
  invariant:
    'A node that is added takes nothing off the others until connections close; when each node sheds its surplus in rounds, the load is even, and every shopper is back with the same cart.',
  nightlyBecause: 'it starts a third node and waits for several rounds of shedding',
  withoutBackground: 'clients that are bound to one node come back to it when it sheds them, and no round would end',
  covers: ['DP-2', 'DP-20', 'DP-21', 'DP-22', 'DP-25', 'DP-46', 'NF-12', 'FI-13', 'AT-28', 'DF-110', 'DF-139'],
  given: {
    nodes: 2,
    standby,
    balancer: 'round-robin',
    env: { SHED_EVERY_MS: String(shedEveryMs) },
    stock: { 1: 500, 2: 500, 9: 500 },
  },
  steps: [
    step('shoppers come to two nodes', (context) => shoppersCome(context, shopperCount)),
    step('add a third', async (context) => {
      await context.nemesis.inject('scale.out', 'n3')
      await context.until('the nodes see each other', 8_000, async () => {
        const states = await Promise.all(['n1', 'n2', 'n3'].map((name) => context.cluster.node(name).control.ready()))
        return states.every(({ peers = {} }) => Object.values(peers).filter(Boolean).length === 2)
      })
      context.scratch.set('loads', await loadsOf(context, standby))
    }),
    step('shed the surplus', (context) =>
      countingReconnects(context, 'shedding', () => shedSurplus(context, standby), standby),
    ),
    step('take it away again', (context) =>
      countingReconnects(context, 'scaling in', () => context.nemesis.healEverything()),
    ),
  ],
  expectations: [
    after(2, 'the new node has nobody, and the others have what they had', async ({ scratch }) =>
      mustBe(scratch.get('loads'), { n1: shopperCount / 2, n2: shopperCount / 2, n3: 0 }, 'shoppers on each node'),
    ),
    after(3, 'the load is even', (context) => mustBeEven(context, boundMax, standby)),
  ],
  checkers: [cartNeverLost, joinedTopics, nodesAgreeWithDatabase],
})
