import type { Cluster } from '../cluster/cluster.ts'
import type { RunEnvironment } from '../runner/run-environment.ts'

/** An environment in which every scenario gets the cluster that runs already, and leaves it as it is. How nodes ended before is not the scenario's. */
export const adopting = (environment: RunEnvironment, cluster: Cluster): RunEnvironment => ({
  ...environment,
  clusters: {
    start: async () => borrowed(cluster),
    close: async () => {},
  },
})

function borrowed(cluster: Cluster): Cluster {
  const nodes = cluster.nodes.map((node) => {
    const before = node.ends.length
    return Object.create(node, { ends: { get: () => node.ends.slice(before) } }) as typeof node
  })
  const node = (name: string) => nodes.find((one) => one.name === name) ?? cluster.node(name)
  return { ...cluster, nodes, node, stop: () => resetLinks(cluster) }
}

/** Takes every toxic from every link, as Toxiproxy does on this request: clients of the background leave some behind. */
async function resetLinks({ links }: Cluster) {
  await fetch(`${links.apiUrl}/reset`, { method: 'POST' })
}
