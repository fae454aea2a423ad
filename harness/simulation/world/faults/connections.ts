import { backWithinMs, type FaultFactory, said, within } from './fault.ts'

/** Breaks every connection of a node that has a topic joined, target `n1/ping`; its clients come back by themselves (FI-3). */
export const connectionDrop: FaultFactory = (cluster, target) => {
  const [nodeName = '', topic = ''] = target.split('/')
  const { endpoint } = cluster.node(nodeName)
  let dropped: string[] = []
  const there = () => endpoint.connections().filter(({ topics }) => topics.includes(topic))
  return {
    inject() {
      dropped = endpoint.dropConnections(topic)
    },
    async witnessOn() {
      const left = there().filter(({ id }) => dropped.includes(id))
      return said(
        dropped.length > 0 && left.length === 0,
        `${dropped.length} connections were dropped, ${left.length} stay`,
      )
    },
    heal() {},
    witnessOff: () =>
      within(cluster, backWithinMs, () =>
        said(there().length >= dropped.length, `${there().length} of ${dropped.length} connections are back`),
      ),
  }
}
