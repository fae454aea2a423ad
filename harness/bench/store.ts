import { isOnSale, storeControl } from '../apps/store/control.ts'
import { seedsOf } from '../apps/store/database.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { until } from '../platform/until.ts'
import { withCluster } from '../runner/temporary-cluster.ts'

const seed = 42
const plenty = 900
/** All sizes of both products of the shop. */
export const itemIds = Array.from({ length: 13 }, (_, index) => index + 1)
const productIds = [1, 2]
const onSaleWithinMs = 5_000

/** Starts the whole shop on the given number of nodes, with everything on sale, and always stops it after the work. */
export const withStore = <T>(nodes: number, work: (cluster: Cluster) => Promise<T>): Promise<T> =>
  withCluster(
    {
      seed,
      nodes,
      seeds: seedsOf({ stock: Object.fromEntries(itemIds.map((id) => [id, plenty])) }),
      env: { LOG_LEVEL: 'error' },
    },
    async (cluster) => {
      for (const id of productIds) await storeControl(cluster.nodes[0]!.control).release(id)
      await until(() => isOnSale(cluster), { what: 'every node knows of the releases', withinMs: onSaleWithinMs })
      return work(cluster)
    },
  )
