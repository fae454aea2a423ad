import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import { readAvailability, readCompleteProducts, readReleased, writeReleased } from './catalog/product-reads.ts'
import { sellOneUnit } from './checkout/single-item.ts'
import type { Repo } from './db/repo.ts'
import { type Inventory, InventoryNotReady, type Loader, UnknownId } from './inventory/inventory.ts'
import { reconcileUncertainWrites } from './inventory/uncertain-writes.ts'
import type { Notifications } from './notifications.ts'
import type { ReplicationEvent } from './replication/replication.ts'

export interface StoreOptions {
  repo: Repo
  inventory: Inventory
  notifications: Notifications
  replicate(event: ReplicationEvent): void
  nodeName: string
  clock: Clock
  log: Log
}

interface Origin {
  /** The event came from another node: apply it, and neither replicate nor tell the clients (ST-55). */
  replicated?: boolean
}

const announceRetryMs = 300

export const createLoader = (repo: Repo): Loader => ({
  products: () => readCompleteProducts(repo),
  availability: (itemId) => readAvailability(repo, itemId),
})

/** The shop's operations on one node. The database decides; then this node's copy is updated; then the other nodes and the clients are told. */
export function createStore(options: StoreOptions) {
  const { repo, inventory, notifications, replicate, nodeName, clock, log } = options

  /** Called before a write, so that a change that this node could not announce is refused before anything has happened. */
  function requireLoaded() {
    if (!inventory.products()) throw new InventoryNotReady('the inventory is still loading')
  }

  async function productReleased(productId: number, { replicated = false }: Origin = {}) {
    const product = await inventory.markReleased(productId)
    if (replicated) return
    replicate({ type: 'product_released', id: productId })
    notifications.released(product)
  }

  async function itemSold(itemId: number, { replicated = false }: Origin = {}) {
    const change = await inventory.itemSold(itemId)
    if (!replicated) {
      replicate({ type: 'item_sold', id: itemId })
      notifications.sold(change)
    }
    // Last, and on every node: a cart that is rendered because of this reads the inventory, which must have the sale by then (CT-49..51).
    if (change.after.availableCount === 0) notifications.itemOut(itemId)
  }

  const localProduct = (productId: number) => inventory.products()?.find(({ id }) => id === productId)

  /** What is committed stays committed, so a caller that is told "failed" would repeat it: the announcement is retried until it succeeds. */
  async function announce(what: string, run: () => Promise<void>) {
    await run().catch((error: Error) => {
      log.error({ what, reason: error.message }, 'store: written, but could not be announced yet, trying again')
      clock.after(announceRetryMs, () => void announce(what, run))
    })
  }

  const announceSale = (itemId: number) => announce(`sale of item ${itemId}`, () => itemSold(itemId))
  const reconcileSale = reconcileUncertainWrites({ clock, reconcile: itemSold })

  /** Releases in progress, which are announced by whoever started them. */
  const releasing = new Set<number>()
  const reconcileRelease = reconcileUncertainWrites({ clock, reconcile: announceIfReleased })

  async function announceIfReleased(productId: number) {
    const isReleased = await readReleased(repo, productId)
    if (isReleased && !releasing.has(productId) && !localProduct(productId)?.released) await productReleased(productId)
  }

  const storeRelease = (productId: number) =>
    writeReleased(repo, productId).catch((error) => {
      reconcileRelease(productId)
      throw error
    })

  async function release(productId: number) {
    releasing.add(productId)
    try {
      if (!(await storeRelease(productId))) throw new UnknownId(`there is no product ${productId}`)
      await announce(`release of product ${productId}`, () => productReleased(productId))
    } finally {
      releasing.delete(productId)
    }
  }

  async function sellOne(itemId: number): Promise<boolean> {
    try {
      return await sellOneUnit(repo, itemId, nodeName)
    } catch (error) {
      reconcileSale(itemId)
      throw error
    }
  }

  return {
    products: () => inventory.products(),
    /** Database first; then this node, the other nodes, the clients (ST-16). Throws before any change when the database is down. */
    async markProductReleased(productId: number) {
      requireLoaded()
      await release(productId)
    },
    /** Announces a sale that is already in the database (ST-17). */
    itemSold,
    /** Throws while this node could not announce a sale. */
    requireLoaded,
    /** Announces a sale that is committed; retried until it succeeds. */
    announceSale,
    /** To be called when nobody knows whether the item was sold: reads the stock again until that is certain, and announces it. */
    reconcileSale,
    /** Sells one unit; false when there is none (ST-18, ST-19). Announced after the commit (CT-57). */
    async sellItem(itemId: number): Promise<boolean> {
      requireLoaded()
      const sold = await sellOne(itemId)
      if (sold) await announceSale(itemId)
      return sold
    },
    /** When an event cannot be applied, everything is read again from the database. */
    async handleReplicated({ type, id }: ReplicationEvent) {
      try {
        if (type === 'product_released') await productReleased(id, { replicated: true })
        else await itemSold(id, { replicated: true })
      } catch (error) {
        inventory.refresh()
        throw error
      }
    },
  }
}
