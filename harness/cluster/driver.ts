import type { Leases } from '../leases/leases.ts'
import type { ClusterApp } from './app.ts'
import type { Cluster, ClusterOptions } from './cluster.ts'

/** Resources that all clusters of one run share, such as the seeded database that each cluster copies (AT-4). */
export interface ClusterFactory {
  /** Throws NotSupported for options that this kind of cluster does not support. */
  start(options: ClusterOptions): Promise<Cluster>
  close(): Promise<void>
}

export interface ClusterFactoryOptions {
  /** Private to the run and removed after it. */
  folder: string
  seed: number
  leases: Leases
  /** The applications of the nodes. */
  apps: readonly ClusterApp[]
  /** The file that describes a running system; for the driver `remote` only. */
  target?: string
}

/** Throws EnvironmentMissing, before anything is started, when a prerequisite is missing on the machine. */
export type Driver = (options: ClusterFactoryOptions) => Promise<ClusterFactory>
