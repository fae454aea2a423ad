import type { Cluster } from '../cluster/cluster.ts'
import { systemClock } from '../platform/clock.ts'
import { aTopicOnANode } from './aims.ts'
import { defineFault } from './define-fault.ts'
import type { Draw } from './draws.ts'
import { seen, unseen, witnessWithin } from './fault.ts'
import { noOptions } from './options.ts'

const goneWithinMs = 2_000
const backWithinMs = 15_000

/** Ids of the connections of a node that have a topic joined. */
const idsOn = async (cluster: Cluster, node: string, topic: string) =>
  (await cluster.node(node).control.state()).connections
    .filter(({ topics }) => topics.includes(topic))
    .map(({ id }) => id)

const drawListeners: Draw = (random, { nodes, topic }) => ({ target: `${random.pick(nodes)}/${topic}` })

/** Its clients come back by themselves (FI-3, NF-2). */
export const connectionDrop = defineFault({
  kind: 'connection.drop',
  title: 'breaks every connection of a node that has a topic joined',
  isSudden: true,
  endsConnections: true,
  aim: aTopicOnANode,
  options: noOptions,
  create(cluster, target) {
    const [node = '', ...rest] = target.split('/')
    const topic = rest.join('/')
    let dropped: string[] = []
    return {
      async inject() {
        dropped = await cluster.node(node).control.dropConnections(topic)
      },
      witnessOn: () =>
        witnessWithin(
          goneWithinMs,
          async () => {
            const left = (await idsOn(cluster, node, topic)).filter((id) => dropped.includes(id))
            return left.length === 0
              ? seen(`${dropped.length} connections with ${topic} are gone from ${node}`)
              : unseen(`${left.length} of ${dropped.length} connections are still there`)
          },
          systemClock,
        ),
      heal: async () => {},
      witnessOff: () =>
        witnessWithin(
          backWithinMs,
          async () => {
            const now = (await idsOn(cluster, node, topic)).length
            const said = `${now} of ${dropped.length} connections with ${topic} are back`
            return now >= dropped.length ? seen(said) : unseen(said)
          },
          systemClock,
        ),
    }
  },
  drawn: { ways: [drawListeners] },
  simulated: true,
})
