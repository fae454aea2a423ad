import { join } from 'node:path'
import type { Cluster, ClusterOptions } from '../cluster/cluster.ts'
import type { DriverName } from '../cluster/drivers.ts'
import type { Leases } from '../leases/leases.ts'
import { seededRandom } from '../platform/random.ts'
import { withRunEnvironment } from './run-environment.ts'

interface TemporaryCluster extends Omit<ClusterOptions, 'folder' | 'leases' | 'random'> {
  seed: number
  driver?: DriverName
}

/** For what else the work starts beside the cluster. */
export interface Beside {
  leases: Leases
  /** Is removed in the end. */
  folder: string
}

/** Starts a cluster in an environment of its own and waits until it is ready; nothing is left of it, however the work went. */
export async function withCluster<T>(
  { seed, driver = 'process', ...options }: TemporaryCluster,
  work: (cluster: Cluster, beside: Beside) => Promise<T>,
): Promise<T> {
  const { done } = await withRunEnvironment(
    { seed, driver, headed: false },
    async ({ clusters, workFolder, leases }) => {
      const folder = join(workFolder, 'cluster')
      const cluster = await clusters.start({ ...options, folder, leases, random: seededRandom(seed) })
      try {
        await Promise.all(cluster.nodes.map((node) => node.ready()))
        return await work(cluster, { leases, folder: workFolder })
      } finally {
        await cluster.stop()
      }
    },
  )
  return done
}
