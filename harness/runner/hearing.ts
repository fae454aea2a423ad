import { type Channels, openChannels } from '../clients/channels.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { ClusterNode } from '../cluster/node.ts'
import { until } from '../platform/until.ts'

const topic = 'ping:steady-state'
const askEveryMs = 100

/**
 * Waits until what each node broadcasts is heard on every other, or until they have had time: nodes of somebody else's may be ready before they have found
 * each other, and then nothing explains what is lost. Says nothing about a system that broadcasts nothing, or has no such topic.
 */
export async function nodesHearEachOther({ nodes, promises }: Cluster, withinMs: number) {
  const speaking = nodes.filter(({ hasControl, hasWeb }) => hasControl && hasWeb)
  if (promises.mesh || speaking.length < 2) return
  const ears = await Promise.allSettled(speaking.map(listenOn))
  const open = ears.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const isHeard = async () => {
    for (const { name, control } of speaking) await control.broadcast(topic, 'steady', { from: name })
    return open.every(({ heard }) => heard.size === speaking.length)
  }
  try {
    await speaking[0]!.control.broadcast(topic, 'steady', {})
    if (open.length === speaking.length)
      await until(isHeard, { what: 'the nodes hear each other', withinMs, everyMs: askEveryMs })
  } catch {
    // What does not arrive is for the checkers to judge.
  } finally {
    for (const { connection } of open) connection.close()
  }
}

interface Ear {
  connection: Channels
  heard: Set<unknown>
}

async function listenOn({ port }: ClusterNode): Promise<Ear> {
  const connection = await openChannels(port, '/socket')
  const heard = new Set<unknown>()
  connection.onFrame(([, , , event, payload]) => {
    const { from } = (payload ?? {}) as { from?: unknown }
    if (event === 'steady' && from !== undefined) heard.add(from)
  })
  try {
    await connection.join(topic)
    return { connection, heard }
  } catch (error) {
    connection.close()
    throw error
  }
}
