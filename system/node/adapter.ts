import type { Clock } from '../platform/clock.ts'
import type { NodeConfig } from '../platform/config.ts'
import type { Log } from '../platform/log.ts'
import {
  createMesh,
  createRedis,
  meshWebSockets,
  type PubSubAdapter,
  type TamperedAdapter,
  tampered,
} from '../pubsub/index.ts'
import { createDiscovery } from './discovery.ts'

interface Surroundings {
  clock: Clock
  log: Log
}

/** Returns how this node talks to the others (DP-6, DP-7), open to tampering; undefined for a node that is alone. */
export async function createAdapter(config: NodeConfig, around: Surroundings): Promise<TamperedAdapter | undefined> {
  const adapter = await plainAdapter(config, around)
  return adapter && tampered(adapter, around.clock)
}

async function plainAdapter(config: NodeConfig, { clock, log }: Surroundings): Promise<PubSubAdapter | undefined> {
  const common = { nodeName: config.SQUALL_NODE, heartbeatMs: config.CLUSTER_HEARTBEAT_MS, clock, log }
  if (config.PUBSUB === 'redis')
    return createRedis({ ...common, url: config.REDIS_URL!, prefix: config.CLUSTER_PREFIX })
  if (!config.CLUSTER_PORT) return undefined
  const sockets = meshWebSockets({
    ...common,
    host: config.CLUSTER_HOST,
    port: config.CLUSTER_PORT,
    secret: config.CLUSTER_SECRET!,
  })
  const discovery = await createDiscovery(config)
  const found = discovery && { discovery, discoverEveryMs: config.CLUSTER_DISCOVER_MS }
  return createMesh({ ...common, sockets, peers: config.CLUSTER_PEERS, ...found })
}
