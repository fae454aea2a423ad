import type { Cluster } from '../cluster/cluster.ts'
import type { ClusterNode } from '../cluster/node.ts'
import { canary } from '../faults/canary.ts'
import { until } from '../platform/until.ts'

/** Waits until every node is ready and sees the others; a node without a control port only has to answer HTTP. */
export const allReady = async ({ nodes }: Cluster, withinMs: number) =>
  void (await Promise.all(
    nodes.map((node) => (node.hasControl ? isReady(node, nodes, withinMs) : answers(node, withinMs))),
  ))

const isReady = (node: ClusterNode, nodes: readonly ClusterNode[], withinMs: number) =>
  until(
    async () => {
      const { ready, peers } = await node.control.ready()
      return ready && nodes.every(({ name }) => name === node.name || !peers || peers[name])
    },
    { what: `${node.name} is ready and sees its peers`, withinMs },
  )

/** All that can be asked of a server that is not ours. */
const answers = ({ name, port }: ClusterNode, withinMs: number) =>
  until(async () => (await canary(port)).answer === 'answered', { what: `${name} answers HTTP`, withinMs })
