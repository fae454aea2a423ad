import type { Leases } from '../leases/leases.ts'
import type { Random } from '../platform/random.ts'
import type { Links } from './links.ts'
import type { ClusterNode } from './node.ts'
import type { Database } from './services/database.ts'
import type { RedisServer } from './services/redis.ts'
import type { StatsdSink } from './statsd/sink.ts'
import type { SystemPatch } from './system-patch.ts'

/** The address on which a node listens, as the node sees it. */
export interface ListenAddress {
  host: string
  webPort: number
  meshPort: number
  controlPort: number
}

export interface NodeOptions {
  env: Record<string, string>
  controlSecret: string
  patch: SystemPatch
}

/** What one cluster runs on: processes of this machine, or containers. Nothing runs before it is started. */
export interface ClusterInfrastructure {
  readonly database: Database
  /** Present only when it was requested. */
  readonly redis?: RedisServer
  readonly links: Links
  /** Collects what the nodes measure; absent where they cannot reach it. */
  readonly statsd?: StatsdSink
  /** The host under which the nodes reach every link. */
  readonly linkHost: string
  /** A folder for the files of a node's applications, which goes with the cluster. */
  folderOf?(name: string): string
  /** Chooses where a node, or the balancer, will listen, so that links can lead to it. */
  assignAddress(name: string): Promise<ListenAddress>
  createNode(name: string, specs: NodeOptions): ClusterNode
  /** Stops everything except the nodes. */
  close(): Promise<void>
}

export interface InfrastructureOptions {
  /** The nodes of the cluster: a link between two of them leads to the mesh port, any other link to the web port. */
  names: readonly string[]
  withRedis: boolean
  /** For data and logs. */
  folder: string
  leases: Leases
  random: Random
}
