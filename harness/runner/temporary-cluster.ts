import { join } from 'node:path'
import type { Cluster, ClusterOptions } from '../cluster/cluster.ts'
import type { DriverName } from '../cluster/drivers.ts'
import { seededRandom } from '../platform/random.ts'
import { type RunEnvironment, withRunEnvironment } from './run-environment.ts'

interface TemporaryCluster extends Omit<ClusterOptions, 'folder' | 'leases' | 'random'> {
  seed: number
  driver?: DriverName
}

/** Starts a cluster in an environment of its own and waits until it is ready; nothing is left of it, however the work went. */
export async function withCluster<T>(
  { seed, driver = 'process', ...options }: TemporaryCluster,
  work: (cluster: Cluster, environment: RunEnvironment) => Promise<T>,
): Promise<T> {
  const { done } = await withRunEnvironment({ seed, driver, headed: false }, async (environment) => {
    const { clusters, workFolder, leases } = environment
    const folder = join(workFolder, 'cluster')
    const cluster = await clusters.start({ ...options, folder, leases, random: seededRandom(seed) })
    try {
      await Promise.all(cluster.nodes.map((node) => node.ready()))
      return await work(cluster, environment)
    } finally {
      await cluster.stop()
    }
  })
  return done
}
