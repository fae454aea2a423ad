import type { Random } from '../platform/random.ts'
import type { Leases } from '../runner/leases.ts'
import type { Cluster, ClusterOptions } from './cluster.ts'
import type { Database } from './database.ts'
import type { Links } from './links.ts'
import type { ClusterNode } from './node.ts'
import type { RedisServer } from './redis.ts'

/** Where a node listens, as it sees itself. */
export interface ListenAddress {
  host: string
  webPort: number
  meshPort: number
  controlPort: number
}

export interface NodeWishes {
  env: Record<string, string>
  controlSecret: string
}

/** What one cluster stands on: processes of this machine, or containers. Nothing of it runs before it is started. */
export interface Site {
  readonly database: Database
  /** Only where it was asked for. */
  readonly redis?: RedisServer
  readonly links: Links
  /** Under which host the nodes find every link. */
  readonly linkHost: string
  /** Takes a node in: from now on links can lead to it. */
  admit(name: string): Promise<ListenAddress>
  createNode(name: string, wishes: NodeWishes): ClusterNode
  /** Everything but the nodes. */
  close(): Promise<void>
}

export interface SiteOptions {
  /** Those that talk to each other: a link between two of them leads to the port of the mesh, any other to the web. */
  names: readonly string[]
  withRedis: boolean
  /** Data and logs go here. */
  folder: string
  leases: Leases
  random: Random
}

/** What all clusters of one run share, such as the seeded database that each of them gets a copy of (AT-4). */
export interface Ground {
  /** Throws NotSupported for wishes that this kind of cluster cannot grant. */
  start(options: ClusterOptions): Promise<Cluster>
  close(): Promise<void>
}

export interface GroundOptions {
  /** Private to the run, and gone after it. */
  folder: string
  seed: number
  leases: Leases
  /** The file that describes a system that runs already; for the driver `remote` only. */
  target?: string
}

/** Throws EnvironmentMissing before anything is started, where the machine lacks what it takes. */
export type Driver = (options: GroundOptions) => Promise<Ground>
