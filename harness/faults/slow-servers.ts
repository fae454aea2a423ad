import type { FaultKind } from './fault.ts'
import { linkLatency } from './link-faults.ts'
import { together } from './together.ts'

/** Each answer of a server that all nodes use comes `delayMs` later, as from one that is far away or busy. */
const slowServer =
  (server: 'db' | 'redis'): FaultKind =>
  (cluster, _target, options) =>
    together(
      cluster.nodes.map(({ name }) => {
        const target = `${name}->${server}`
        return { target, fault: linkLatency(cluster, target, options) }
      }),
    )

/** Queries take `delayMs` longer on every node; each node's own way to the database shows it (FI-6). */
export const dbSlow = slowServer('db')
/** Whatever passes Redis takes `delayMs` longer (FI-14). */
export const redisSlow = slowServer('redis')
