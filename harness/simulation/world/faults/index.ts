import { actorKill } from './actors.ts'
import { clockSkew } from './clock.ts'
import { connectionDrop } from './connections.ts'
import { dbKill, dbOutOfConnections, dbPause, dbReadOnly, dbSlow } from './database.ts'
import type { FaultFactory } from './fault.ts'
import { linkCut, linkCutOneWay, linkLatency, linkReset } from './links.ts'
import { messageFault } from './messages.ts'
import { nodeBlock, nodeKill, nodePause, nodeStop } from './nodes.ts'
import { linkPartition } from './partition.ts'

/** Every fault that a simulation knows, by the name that a live run gives it (FI-1..FI-3, FI-6..FI-10). */
export const faults: Readonly<Record<string, FaultFactory>> = {
  'actor.kill': actorKill,
  'clock.skew': clockSkew,
  'connection.drop': connectionDrop,
  'db.kill': dbKill,
  'db.out-of-connections': dbOutOfConnections,
  'db.pause': dbPause,
  'db.read-only': dbReadOnly,
  'db.slow': dbSlow,
  'link.cut': linkCut,
  'link.cut-one-way': linkCutOneWay,
  'link.latency': linkLatency,
  'link.partition': linkPartition,
  'link.reset': linkReset,
  'messages.delay': messageFault('delay'),
  'messages.drop': messageFault('drop'),
  'messages.duplicate': messageFault('duplicate'),
  'messages.reorder': messageFault('reorder'),
  'node.block': nodeBlock,
  'node.kill': nodeKill,
  'node.pause': nodePause,
  'node.stop': nodeStop,
}
