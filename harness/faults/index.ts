import { actorKill } from './actor-kill.ts'
import { clientSuspend } from './client-suspend.ts'
import { clockSkew } from './clock-skew.ts'
import { connectionDrop } from './connection-drop.ts'
import { connectionsShed } from './connections-shed.ts'
import { dbKill, dbPause } from './db-down.ts'
import { dbOutOfConnections } from './db-out-of-connections.ts'
import { dbReadOnly } from './db-read-only.ts'
import type { FaultDefinition } from './define-fault.ts'
import { deployBlueGreen } from './deploy-blue-green.ts'
import { deployRolling } from './deploy-rolling.ts'
import { handlerSlow } from './handler-slow.ts'
import { linkCut, linkCutOneWay, linkPartition } from './link-cut.ts'
import { linkLatency } from './link-latency.ts'
import { linkReset } from './link-reset.ts'
import { messagesDelay, messagesDrop, messagesDuplicate, messagesReorder } from './messages-tampered.ts'
import { metricsStop } from './metrics-stop.ts'
import { nodeBlock } from './node-block.ts'
import { nodeDisconnect } from './node-disconnect.ts'
import { nodeKill, nodePause, nodeStop } from './node-down.ts'
import { linkBandwidth, linkLoss, linkPoor } from './poor-network.ts'
import { redisKill, redisPause } from './redis-down.ts'
import { scaleOut } from './scale-out.ts'
import { dbSlow, redisSlow } from './slow-servers.ts'

/** Every fault by its kind. */
export const faults = {
  'actor.kill': actorKill,
  'client.suspend': clientSuspend,
  'clock.skew': clockSkew,
  'connection.drop': connectionDrop,
  'connections.shed': connectionsShed,
  'db.kill': dbKill,
  'db.out-of-connections': dbOutOfConnections,
  'db.pause': dbPause,
  'db.read-only': dbReadOnly,
  'db.slow': dbSlow,
  'deploy.blue-green': deployBlueGreen,
  'deploy.rolling': deployRolling,
  'handler.slow': handlerSlow,
  'link.bandwidth': linkBandwidth,
  'link.cut': linkCut,
  'link.cut-one-way': linkCutOneWay,
  'link.latency': linkLatency,
  'link.loss': linkLoss,
  'link.partition': linkPartition,
  'link.poor': linkPoor,
  'link.reset': linkReset,
  'messages.delay': messagesDelay,
  'messages.drop': messagesDrop,
  'messages.duplicate': messagesDuplicate,
  'messages.reorder': messagesReorder,
  'metrics.stop': metricsStop,
  'node.block': nodeBlock,
  'node.disconnect': nodeDisconnect,
  'node.kill': nodeKill,
  'node.pause': nodePause,
  'node.stop': nodeStop,
  'redis.kill': redisKill,
  'redis.pause': redisPause,
  'redis.slow': redisSlow,
  'scale.out': scaleOut,
} as const satisfies Record<string, FaultDefinition>

export type FaultName = keyof typeof faults

export const isFaultName = (kind: string): kind is FaultName => Object.hasOwn(faults, kind)
