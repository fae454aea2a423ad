import type { Leases } from '../leases/leases.ts'
import type { Random } from '../platform/random.ts'
import type { Links } from './links.ts'
import type { ClusterNode } from './node.ts'
import type { Database } from './services/database.ts'
import type { RedisServer } from './services/redis.ts'
import type { SystemPatch } from './system-patch.ts'

/** Where a node listens, as it sees itself. */
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

/** What one cluster stands on: processes of this machine, or containers. Nothing of it runs before it is started. */
export interface ClusterInfrastructure {
  readonly database: Database
  /** Only where it was asked for. */
  readonly redis?: RedisServer
  readonly links: Links
  /** Under which host the nodes find every link. */
  readonly linkHost: string
  /** Takes a node in: from now on links can lead to it. */
  admit(name: string): Promise<ListenAddress>
  createNode(name: string, specs: NodeOptions): ClusterNode
  /** Everything but the nodes. */
  close(): Promise<void>
}

export interface InfrastructureOptions {
  /** Those that talk to each other: a link between two of them leads to the port of the mesh, any other to the web. */
  names: readonly string[]
  withRedis: boolean
  /** Data and logs go here. */
  folder: string
  leases: Leases
  random: Random
}
