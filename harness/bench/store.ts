import { mkdtempSync, rmSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type Cluster, startProcessCluster } from '../drivers/cluster.ts'
import { prepareTemplate } from '../drivers/database.ts'
import { seededRandom } from '../platform/random.ts'
import { until } from '../platform/until.ts'
import { openLeases } from '../runner/leases.ts'

const seed = 42
const plenty = 900
/** All sizes of both products of the shop. */
export const itemIds = Array.from({ length: 13 }, (_, index) => index + 1)
const productIds = [1, 2]

const onSaleWithinMs = 5_000

async function isOnSale({ nodes }: Cluster): Promise<boolean> {
  const states = await Promise.all(nodes.map(({ control }) => control.state()))
  return states.every(({ inventory }) => inventory?.products.every(({ released }) => released))
}

/** Starts the whole shop on so many nodes, with everything on sale; ends it, however the work went. */
export async function withStore<T>(nodes: number, work: (cluster: Cluster) => Promise<T>): Promise<T> {
  const workFolder = mkdtempSync(join(tmpdir(), 'squall-bench-'))
  // PostgreSQL may run as another account, which must be able to reach its data.
  await chmod(workFolder, 0o755)
  const leases = openLeases(basename(workFolder))
  leases.holdFolder(workFolder, 'working folder')
  let cluster: Cluster | undefined
  try {
    const template = await prepareTemplate(workFolder, seed, leases)
    cluster = await startProcessCluster({
      nodes,
      template,
      folder: join(workFolder, 'cluster'),
      leases,
      random: seededRandom(seed),
      stock: Object.fromEntries(itemIds.map((id) => [id, plenty])),
      env: { LOG_LEVEL: 'error' },
    })
    await Promise.all(cluster.nodes.map((node) => node.ready()))
    for (const id of productIds) await cluster.nodes[0]!.control.release(id)
    await until(() => isOnSale(cluster!), { what: 'every node knows of the releases', withinMs: onSaleWithinMs })
    return await work(cluster)
  } finally {
    await cluster?.stop()
    rmSync(workFolder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    await leases.close()
  }
}
