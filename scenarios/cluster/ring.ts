import {
  after,
  atMostOnce,
  type Cast,
  joinedTopics,
  nodesAgreeWithDatabase,
  scenario,
  step,
} from '../../harness/index.ts'
import { listenEverywhere, publishFrom, sightings, succeeded } from '../support.ts'

const nodes = ['n1', 'n2', 'n3']

export default scenario({
  id: 'cluster/ring',
  title: 'every node loses one of its neighbours',
  define:
    'Each node can tell one of the others nothing, and the other one everything: who can be reached gets what is published, once; after healing every node knows what was sold.',
  covers: ['FI-7', 'NF-8', 'AM-1', 'AM-3', 'AM-4', 'DP-11', 'DP-14', 'ST-57'],
  given: { nodes: nodes.length, pubsub: 'mesh', stock: { 2: 10 } },
  steps: [
    step('a client listens on every node', async (cast) => {
      await listenEverywhere(cast)
      await publishFrom(cast, nodes, 2)
    }),
    step('cut the ring until each node has lost a neighbour, publish and sell', async (cast) => {
      await cast.nemesis.inject('link.cut', 'ring')
      await cast.until('each has lost one', 6_000, async () => (await sightings(cast)) === 3)
      await publishFrom(cast, nodes, 3)
      for (const node of nodes) succeeded(await cast.sell(node, 2), 'sale')
    }),
    step('heal, and publish again', async (cast) => {
      await cast.nemesis.healEverything()
      await cast.until('all nodes see each other', 8_000, async () => (await sightings(cast)) === 6)
      await publishFrom(cast, nodes, 3)
    }),
  ],
  expectations: [
    after(2, 'each listener got its own and those of one other node', async (cast) => {
      for (const [index, node] of nodes.entries()) {
        const heard = [node, nodes[(index + 1) % nodes.length]!].sort().join()
        await cast.until(`${node} hears ${heard}`, 3_000, () => whomHeard(cast, node, 3) === heard)
      }
    }),
  ],
  laws: [atMostOnce, nodesAgreeWithDatabase, joinedTopics],
})

/** Whose messages a listener has got from this number on. */
function whomHeard(cast: Cast, node: string, from: number): string {
  const got = cast.recorder.events
    .filter(({ type, who, event }) => type === 'receive' && who === `listener-${node}` && event === 'ledger')
    .map(({ value }) => value as { publisher: string; seq: number })
  return [...new Set(got.filter(({ seq }) => seq >= from).map(({ publisher }) => publisher))].sort().join()
}
