import type { Leases } from '../leases/leases.ts'
import type { ClusterApp } from './app.ts'
import type { Cluster, ClusterOptions } from './cluster.ts'

/** What all clusters of one run share, such as the seeded database that each of them gets a copy of (AT-4). */
export interface ClusterFactory {
  /** Throws NotSupported for options that this kind of cluster does not support. */
  start(options: ClusterOptions): Promise<Cluster>
  close(): Promise<void>
}

export interface ClusterFactoryOptions {
  /** Private to the run, and gone after it. */
  folder: string
  seed: number
  leases: Leases
  /** The applications of the nodes. */
  apps: readonly ClusterApp[]
  /** The file that describes a system that runs already; for the driver `remote` only. */
  target?: string
}

/** Throws EnvironmentMissing before anything is started, where the machine lacks what it takes. */
export type Driver = (options: ClusterFactoryOptions) => Promise<ClusterFactory>
