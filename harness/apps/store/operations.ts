import type { AppTools } from '../../app.ts'
import { patiently } from '../../cluster/services/sql.ts'
import { storeControl } from './control.ts'
import { readCatalogue, readOrders, readStock } from './database.ts'
import { pageDifference } from './pages/page-difference.ts'
import type { Tab } from './shopper.ts'

/** More than any product has in stock. */
const salesMax = 10_000

/** Administrative operations on one node, recorded with their outcomes. */
export function createOperations({ context: { cluster, recorder }, operation }: AppTools) {
  const database = patiently(cluster.database)
  const controlOf = (node: string) => storeControl(cluster.node(node).control)
  return {
    release: (node: string, productId: number) =>
      operation(node, 'release', { productId }, () => controlOf(node).release(productId)),
    sell: (node: string, itemId: number) => operation(node, 'sell', { itemId }, () => controlOf(node).sell(itemId)),
    reduce: (node: string, options: { unitsPerStep?: number } = { unitsPerStep: 500 }) =>
      // It sells until nothing is left.
      operation(node, 'reduce', { ...options, count: salesMax }, () => controlOf(node).reduce(options)),
    notifyRelease: (node: string, productId: number) =>
      operation(node, 'notify-release', { productId }, () => controlOf(node).notifyRelease(productId)),
    notifyStock: (node: string, itemId: number, availableCount: number) =>
      operation(node, 'notify-stock', { itemId, availableCount }, () =>
        controlOf(node).notifyStock(itemId, availableCount),
      ),
    /** What a tab shows otherwise than the database has it, in words; undefined when it shows the truth. */
    async differenceIn(tab: Tab): Promise<string | undefined> {
      const [catalogue, orders] = await Promise.all([readCatalogue(database), readOrders(database)])
      const { path, sight } = await tab.sight()
      return pageDifference(path, sight, { catalogue, orders })
    },
    /** The orders in the database. */
    readOrders: () => readOrders(database),
    /** Reads the current stock from the database and records it for the checkers. */
    async readStock() {
      const value = await readStock(database)
      recorder.record({ who: 'harness', type: 'read', operation: 'stock', value })
      return value
    },
  }
}
