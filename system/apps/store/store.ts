import type { Clock } from '../../platform/clock.ts'
import type { Defect } from '../../platform/defects.ts'
import type { Log } from '../../platform/log.ts'
import { readAvailableCount, readCompleteProducts, writeReleased } from './catalog/product-reads.ts'
import { sellOneUnit } from './checkout/single-item.ts'
import type { Repo } from './db/repo.ts'
import { type Inventory, InventoryNotReady, type Loader, UnknownId } from './inventory/inventory.ts'
import type { Notifications } from './notifications.ts'
import type { ReplicationEvent } from './replication/replication.ts'

export interface StoreOptions {
  repo: Repo
  inventory: Inventory
  notifications: Notifications
  replicate(event: ReplicationEvent): void
  nodeName: string
  defects: ReadonlySet<Defect>
  clock: Clock
  log: Log
}

interface Handling {
  /** The event came from another node: apply it, and neither replicate nor tell the clients (ST-55). */
  replicated?: boolean
  hops?: number
}

/** DF-58 would grow without end and take the machine with it; this many hops show the loop. */
const loopHopsMax = 5

export type Store = ReturnType<typeof createStore>

export const createLoader = (repo: Repo): Loader => ({
  products: () => readCompleteProducts(repo),
  availableCount: (itemId) => readAvailableCount(repo, itemId),
})

/** The shop's operations on one node. The database decides, then this node's copy follows, then the others hear of it. */
export function createStore(options: StoreOptions) {
  const { repo, inventory, notifications, replicate, nodeName, defects, clock, log } = options

  const passesOn = ({ replicated = false, hops = 0 }: Handling) =>
    !replicated || (defects.has('DF-58') && hops < loopHopsMax)
  const announces = ({ replicated = false }: Handling) => !replicated || defects.has('DF-60')

  /** Asked before a write: a change that this node could not announce is refused while nothing has happened yet. */
  function requireLoaded() {
    if (!inventory.products()) throw new InventoryNotReady('the inventory is still loading')
  }

  async function markProductReleased(productId: number, handling: Handling = {}) {
    if (!handling.replicated) {
      requireLoaded()
      if (!(await writeReleased(repo, productId))) throw new UnknownId(`there is no product ${productId}`)
    }
    const product = await inventory.markReleased(productId)
    if (passesOn(handling)) replicate({ type: 'product_released', id: productId, hops: (handling.hops ?? -1) + 1 })
    if (announces(handling)) notifications.released(product)
  }

  async function itemSold(itemId: number, handling: Handling = {}) {
    const change = await inventory.itemSold(itemId)
    if (passesOn(handling)) replicate({ type: 'item_sold', id: itemId, hops: (handling.hops ?? -1) + 1 })
    if (announces(handling)) notifications.stockChange(change)
    // Last, and on every node: whoever renders on this news reads an inventory that has it (CT-49..51).
    if (change.after.availableCount === 0) notifications.itemOut(itemId)
  }

  /** The unit is sold whatever happens here: a buyer told "failed" would buy it twice. */
  async function makeKnown(itemId: number) {
    await itemSold(itemId).catch((error: Error) =>
      log.error({ itemId, reason: error.message }, 'store: a sale was made but could not be announced'),
    )
  }

  return {
    products: () => inventory.products(),
    /** Database first; then this node, the other nodes, the clients (ST-16). Throws before any change when the database is down. */
    markProductReleased,
    /** The sale is in the database already; this makes it known (ST-17). */
    itemSold,
    /** Sells one unit; false when there is none (ST-18, ST-19). Announced after the commit (CT-57). */
    async sellItem(itemId: number): Promise<boolean> {
      requireLoaded()
      const sold = await sellOneUnit({ repo, itemId, nodeName, defects, clock, announceEarly: () => itemSold(itemId) })
      if (sold && !defects.has('DF-89')) await makeKnown(itemId)
      return sold
    },
    async handleReplicated({ type, id, hops }: ReplicationEvent) {
      if (type === 'product_released') return markProductReleased(id, { replicated: true, hops })
      if (!defects.has('DF-57')) return itemSold(id, { replicated: true, hops })
    },
    /** News may have been lost while a peer was away: read everything again and tell this node's clients what changed (ST-57). */
    async catchUp() {
      const { released, items } = await inventory.reload()
      for (const product of released) notifications.locally.released(product)
      for (const change of items) {
        notifications.locally.stockChange(change)
        if (change.after.availableCount === 0) notifications.itemOut(change.after.id)
      }
      if (released.length + items.length > 0)
        log.info({ released: released.length, items: items.length }, 'store: caught up')
    },
  }
}
