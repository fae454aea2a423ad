import {
  atMostOnce,
  joinedTopics,
  nodesAgreeWithDatabase,
  type ScenarioContext,
  scenariosFor,
} from '../../harness/index.ts'
import { hears, isListener } from '../stalls.ts'
import { listenEverywhere, publishFrom, received, sightings, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const nodes = ['n1', 'n2', 'n3']

export default scenario({
  id: 'cluster/ring',
  title: 'every node loses one of its neighbours',
  invariant:
    'Each node can tell one of the others nothing, and the other one everything: who can be reached gets what is published, once; after healing every node knows what was sold.',
  covers: ['FI-7', 'NF-8', 'AM-1', 'AM-3', 'AM-4', 'DP-11', 'DP-14', 'ST-57'],
  given: { nodes: nodes.length, pubsub: 'mesh', stock: { 2: 10 } },
  steps: [
    step('a client listens on every node', async (context) => {
      await listenEverywhere(context)
      await publishFrom(context, nodes, 2)
    }),
    step('cut the ring until each node has lost a neighbour, publish and sell', async (context) => {
      await context.nemesis.inject('link.cut', 'ring')
      await context.until('each has lost one', 6_000, async () => (await sightings(context)) === 3)
      await publishFrom(context, nodes, 3)
      for (const node of nodes) succeeded(await context.sell(node, 2), 'sale')
    }),
    step('heal, and publish again', async (context) => {
      await context.nemesis.healEverything()
      await context.until('all nodes see each other', 8_000, async () => (await sightings(context)) === 6)
      await publishFrom(context, nodes, 3)
    }),
  ],
  expectations: [
    after(2, 'each listener got its own and those of one other node', async (context) => {
      for (const [index, node] of nodes.entries()) {
        const heard = [node, nodes[(index + 1) % nodes.length]!].sort().join()
        await hears(context, `${node} hears ${heard}`, isListener, () => whomHeard(context, node, 3) === heard)
      }
    }),
  ],
  checkers: [atMostOnce, nodesAgreeWithDatabase, joinedTopics],
})

/** Whose messages a listener has got from this number on. */
function whomHeard(context: ScenarioContext, node: string, from: number): string {
  const got = received(context, `listener-${node}`, 'ledger').map(
    ({ value }) => value as { publisher: string; seq: number },
  )
  return [...new Set(got.filter(({ seq }) => seq >= from).map(({ publisher }) => publisher))].sort().join()
}
