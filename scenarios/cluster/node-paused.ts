import {
  atMostOnce,
  joinedTopics,
  nodesAgreeWithDatabase,
  presenceMatchesReality,
  scenariosFor,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { hears, isListener } from '../stalls.ts'
import { enterAllKinds, listenEverywhere, publishFrom, received, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

export default scenario({
  id: 'cluster/node-paused',
  title: 'a node that hangs holds nobody up',
  invariant:
    'One node is paused: the others drop it, go on delivering to each other, and take it back when it wakes; it catches up with what was sold.',
  covers: ['FI-11', 'DP-11', 'DP-14', 'AM-1', 'AM-4', 'ST-57', 'NF-13'],
  tags: ['browser'],
  given: { stock: { 2: 10 } },
  steps: [
    step('a client listens on every node, and n3 has clients of every kind', async (context) => {
      await listenEverywhere(context)
      await enterAllKinds(context, 'n3')
    }),
    step('pause n3 until the others drop it, publish and sell meanwhile', async (context) => {
      await using _pause = await context.nemesis.inject('node.pause', 'n3')
      await context.until(
        'n1 has dropped n3',
        6_000,
        async () => !(await context.cluster.node('n1').control.state()).peers.n3?.connected,
      )
      await publishFrom(context, ['n1', 'n2'], 3)
      succeeded(await context.sell('n1', 2), 'sale')
    }),
    step('publish on every node again', async (context) => {
      await context.until('n1 and n3 see each other', 10_000, async () => {
        const [one, three] = await Promise.all(['n1', 'n3'].map((name) => context.cluster.node(name).control.state()))
        return one?.peers.n3?.connected && three?.peers.n1?.connected
      })
      await publishFrom(context, ['n1', 'n2', 'n3'], 3)
    }),
  ],
  expectations: [
    after(2, 'the client of n2 got what n1 published', async (context) => {
      const got = () => received(context, 'listener-n2', 'ledger').length
      await hears(context, 'the messages are there', isListener, () => got() >= 6)
    }),
  ],
  checkers: [atMostOnce, nodesAgreeWithDatabase, joinedTopics, presenceMatchesReality, viewsMatchFreshRender],
})
