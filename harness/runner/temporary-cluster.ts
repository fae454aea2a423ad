import { mkdtempSync, rmSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type Cluster, type ClusterOptions, startProcessCluster } from '../drivers/cluster.ts'
import { prepareTemplate } from '../drivers/database.ts'
import { seededRandom } from '../platform/random.ts'
import { openLeases } from './leases.ts'

interface TemporaryCluster extends Omit<ClusterOptions, 'template' | 'folder' | 'leases' | 'random'> {
  seed: number
}

/** Starts a cluster in a working folder of its own and waits until it is ready; nothing is left of it, however the work went. */
export async function withCluster<T>({ seed, ...options }: TemporaryCluster, work: (cluster: Cluster) => Promise<T>) {
  const workFolder = mkdtempSync(join(tmpdir(), 'squall-'))
  // PostgreSQL may run as another account, which must be able to reach its data.
  await chmod(workFolder, 0o755)
  const leases = openLeases(basename(workFolder))
  leases.holdFolder(workFolder, 'working folder')
  let cluster: Cluster | undefined
  try {
    const template = await prepareTemplate(workFolder, seed, leases)
    const folder = join(workFolder, 'cluster')
    cluster = await startProcessCluster({ ...options, template, folder, leases, random: seededRandom(seed) })
    await Promise.all(cluster.nodes.map((node) => node.ready()))
    return await work(cluster)
  } finally {
    await cluster?.stop()
    rmSync(workFolder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    await leases.close()
  }
}
