import type { Cluster } from '../cluster/cluster.ts'
import { theDatabase, theRedis } from './aims.ts'
import { defineFault } from './define-fault.ts'
import { drawDatabase, withOptions } from './draws.ts'
import type { Fault } from './fault.ts'
import { delayLink, latencyOptions } from './link-latency.ts'
import { together } from './together.ts'

/** Each answer of a server that all nodes use comes later, as from one that is far away or busy; each node's own link shows it. */
const delayForEveryNode = (cluster: Cluster, server: string, delayMs: number, jitterMs: number): Fault =>
  together(
    cluster.nodes.map(({ name }) => {
      const target = `${name}->${server}`
      return { target, fault: delayLink(cluster, target, delayMs, jitterMs) }
    }),
  )

/** (FI-6) */
export const dbSlow = defineFault({
  kind: 'db.slow',
  title: 'answers of the database come late on every node',
  aim: theDatabase,
  options: latencyOptions,
  create: (cluster, target, { delayMs, jitterMs }) => delayForEveryNode(cluster, target, delayMs, jitterMs),
  drawn: { ways: [withOptions(drawDatabase, { delayMs: 200 })] },
  simulated: true,
})

/** (FI-14) */
export const redisSlow = defineFault({
  kind: 'redis.slow',
  needs: 'redis',
  title: 'whatever passes Redis comes late on every node',
  aim: theRedis,
  options: latencyOptions,
  create: (cluster, target, { delayMs, jitterMs }) => delayForEveryNode(cluster, target, delayMs, jitterMs),
  explains: () => ({ at: 'between-nodes' }),
  drawn: { never: 'the scenarios of random plans use the mesh' },
  simulated: 'the simulated cluster uses the mesh',
})
