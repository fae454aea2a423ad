import type { Clock } from '../../platform/clock.ts'
import type { Defect } from '../../platform/defects.ts'
import type { Log } from '../../platform/log.ts'
import { readAvailability, readCompleteProducts, readReleased, writeReleased } from './catalog/product-reads.ts'
import { sellOneUnit } from './checkout/single-item.ts'
import type { Repo } from './db/repo.ts'
import { reconcileUncertainWrites } from './inventory/uncertain-writes.ts'
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

const announceRetryMs = 300

export type Store = ReturnType<typeof createStore>

export const createLoader = (repo: Repo): Loader => ({
  products: () => readCompleteProducts(repo),
  availability: (itemId) => readAvailability(repo, itemId),
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

  /** The local news that an item is gone, and the ways to get it wrong (DF-73..DF-75). */
  function tellItemOut(itemId: number, handling: Handling) {
    if (defects.has('DF-74')) return handling.replicated ? undefined : notifications.itemOutEverywhere(itemId)
    if (defects.has('DF-75') && handling.replicated) return
    notifications.itemOut(itemId)
  }

  async function productReleased(productId: number, handling: Handling = {}) {
    const product = await inventory.markReleased(productId)
    if (passesOn(handling)) replicate({ type: 'product_released', id: productId, hops: (handling.hops ?? -1) + 1 })
    if (announces(handling)) notifications.released(product)
  }

  async function itemSold(itemId: number, handling: Handling = {}) {
    if (defects.has('DF-73')) notifications.itemOut(itemId)
    const change = await inventory.itemSold(itemId)
    if (passesOn(handling)) replicate({ type: 'item_sold', id: itemId, hops: (handling.hops ?? -1) + 1 })
    if (announces(handling)) notifications.sold(change)
    // Last, and on every node: whoever renders on this news reads an inventory that has it (CT-49..51).
    if (change.after.availableCount === 0 && !defects.has('DF-73')) tellItemOut(itemId, handling)
  }

  const productHere = (productId: number) => inventory.products()?.find(({ id }) => id === productId)

  /** DF-65: the clients hear of something that nobody wrote down. */
  function announceOnly(productId: number) {
    const product = productHere(productId)
    if (product) notifications.released({ ...product, released: true })
  }

  /** What is written stays written, so a caller told "failed" would do it twice: it is made known now, or as soon as it can be. */
  async function makeKnown(what: string, tell: () => Promise<void>) {
    await tell().catch((error: Error) => {
      log.error({ what, reason: error.message }, 'store: written, but could not be announced yet, trying again')
      clock.after(announceRetryMs, () => void makeKnown(what, tell))
    })
  }

  const announceSale = (itemId: number) => makeKnown(`sale of item ${itemId}`, () => itemSold(itemId))
  const reconcileSale = reconcileUncertainWrites({ clock, look: itemSold })

  /** Somebody is at it, and makes it known. */
  const releasing = new Set<number>()
  const reconcileRelease = reconcileUncertainWrites({ clock, look: lookAtRelease })

  async function lookAtRelease(productId: number) {
    const isReleased = await readReleased(repo, productId)
    if (isReleased && !releasing.has(productId) && !productHere(productId)?.released) await productReleased(productId)
  }

  const writeDown = (productId: number) =>
    writeReleased(repo, productId).catch((error) => {
      reconcileRelease(productId)
      throw error
    })

  async function release(productId: number) {
    releasing.add(productId)
    try {
      if (!defects.has('DF-113') && !(await writeDown(productId)))
        throw new UnknownId(`there is no product ${productId}`)
      await makeKnown(`release of product ${productId}`, () => productReleased(productId))
    } finally {
      releasing.delete(productId)
    }
  }

  async function sellOne(itemId: number): Promise<boolean> {
    try {
      return await sellOneUnit({ repo, itemId, nodeName, defects, clock, announceEarly: () => itemSold(itemId) })
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
      if (defects.has('DF-66')) await productReleased(productId)
      if (defects.has('DF-65')) return announceOnly(productId)
      await release(productId)
    },
    /** The sale is in the database already; this makes it known (ST-17). */
    itemSold,
    /** Throws while this node could not make a sale known. */
    requireLoaded,
    /** Makes a sale known that is certain. */
    announceSale,
    /** Nobody knows whether it was sold: everybody looks. */
    reconcileSale,
    /** Sells one unit; false when there is none (ST-18, ST-19). Announced after the commit (CT-57). */
    async sellItem(itemId: number): Promise<boolean> {
      requireLoaded()
      const sold = await sellOne(itemId)
      if (sold && !defects.has('DF-89')) await announceSale(itemId)
      return sold
    },
    /** An event that cannot be applied now is made good by reading everything again. */
    async handleReplicated({ type, id, hops }: ReplicationEvent) {
      try {
        if (type === 'product_released') await productReleased(id, { replicated: true, hops })
        else if (!defects.has('DF-57')) await itemSold(id, { replicated: true, hops })
      } catch (error) {
        inventory.refresh()
        throw error
      }
    },
  }
}
