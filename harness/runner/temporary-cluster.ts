import { mkdtempSync, rmSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Cluster, ClusterOptions } from '../drivers/cluster.ts'
import type { Ground } from '../drivers/driver.ts'
import { type DriverName, drivers } from '../drivers/index.ts'
import { seededRandom } from '../platform/random.ts'
import { openLeases } from './leases.ts'

interface TemporaryCluster extends Omit<ClusterOptions, 'folder' | 'leases' | 'random'> {
  seed: number
  driver?: DriverName
}

/** Starts a cluster in a working folder of its own and waits until it is ready; nothing is left of it, however the work went. */
export async function withCluster<T>(
  { seed, driver = 'process', ...options }: TemporaryCluster,
  work: (cluster: Cluster) => Promise<T>,
) {
  const workFolder = mkdtempSync(join(tmpdir(), 'squall-'))
  // PostgreSQL may run as another account, which must be able to reach its data.
  await chmod(workFolder, 0o755)
  const leases = openLeases(basename(workFolder))
  leases.holdFolder(workFolder, 'working folder')
  let ground: Ground | undefined
  let cluster: Cluster | undefined
  try {
    ground = await drivers[driver]({ folder: workFolder, seed, leases })
    const folder = join(workFolder, 'cluster')
    cluster = await ground.start({ ...options, folder, leases, random: seededRandom(seed) })
    await Promise.all(cluster.nodes.map((node) => node.ready()))
    return await work(cluster)
  } finally {
    await cluster?.stop()
    await ground?.close()
    rmSync(workFolder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    await leases.close()
  }
}
