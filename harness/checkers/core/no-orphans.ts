import { type Checker, count, passed, unknown, violated } from '../../verdict/checker.ts'

interface Held {
  connections: { topics: string[] }[]
}

/** A channel ends with the connection that it belongs to (RT-11, CH-63, DF-104). */
export const noOrphans: Checker = {
  name: 'no-orphans',
  invariant: 'after settling, a node has no more channels than topics that its clients have joined',
  check(history) {
    const nodes = history.finals<Held>('node-state')
    const channels = new Map(history.finals<number>('channels').map(({ node, value }) => [node, value]))
    if (nodes.length === 0 || channels.size === 0) return unknown('the nodes were not asked for their channels')
    if (history.of('disconnect').length === 0) return unknown('nobody left, so nothing could be left behind')
    for (const { node, value } of nodes) {
      const joinedCount = value.connections.reduce((sum, { topics }) => sum + topics.length, 0)
      const orphanCount = (channels.get(node) ?? 0) - joinedCount
      if (orphanCount > 0)
        return violated(`orphans: ${count(orphanCount, 'channel')} of ${node} belong to nobody`, { node, orphanCount })
    }
    return passed(`${count(nodes.length, 'node has', 'nodes have')} a channel for each joined topic, and no other`)
  },
}
