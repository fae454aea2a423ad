import type { Clock } from '../../../platform/clock.ts'
import type { Log } from '../../../platform/log.ts'
import type { ActorRef, Runtime } from '../../../runtime/index.ts'
import type { Item, Product } from '../catalog/product.ts'
import type { Availability } from '../catalog/product-reads.ts'

export interface Loader {
  products(): Promise<Product[]>
  availability(itemId: number): Promise<Availability | undefined>
}

export interface ItemChange {
  before: Item
  after: Item
}

type ReadAvailability = Loader['availability']
type Mail =
  | { do: 'load' }
  | { do: 'released'; productId: number }
  | { do: 'item_sold'; itemId: number; read: ReadAvailability }

/** What one node knows of the stock: a copy for rendering, never asked for decisions (ST-10..15). */
export interface Inventory {
  /** From memory; undefined until the first load succeeded. */
  products(): readonly Product[] | undefined
  /** One item, from memory; undefined when there is none, and until the first load succeeded. */
  item(itemId: number): Item | undefined
  start(): Promise<ActorRef<Mail>>
  markReleased(productId: number): Promise<Product>
  /** Reads the count from the database and puts it in place; reads are made one after the other, so none is older than the last. */
  itemSold(itemId: number, read?: ReadAvailability): Promise<ItemChange>
  /** Everything anew from the database, now or as soon as it can be read (ST-57). */
  refresh(): void
}

export class InventoryNotReady extends Error {
  override name = 'InventoryNotReady'
}
export class UnknownId extends Error {
  override name = 'UnknownId'
}

const loadRetryMs = 300

interface InventoryOptions {
  name?: string
  loader: Loader
  runtime: Runtime
  clock: Clock
  log: Log
  /** After every load: at the start, after a restart, and when news may have been missed. */
  onLoaded?: (products: readonly Product[]) => void
  beforeHandle?: (handler: string) => Promise<void> | undefined
  quirks?: InventoryQuirks
}

/** What a node's copy of the stock can be made to do wrong on purpose (FI-18). */
export interface InventoryQuirks {
  /** DF-62: sales are not handled one after the other. */
  unordered?: boolean
}

export function createInventory(options: InventoryOptions): Inventory {
  const { name = 'Sneakers23.Inventory', loader, runtime, clock, log, onLoaded, quirks = {} } = options
  const { beforeHandle = () => undefined } = options
  let products: Product[] | undefined
  let actor: ActorRef<Mail> | undefined
  let cancelRetry = () => {}

  const itemOf = (itemId: number) => products?.flatMap(({ items }) => items).find(({ id }) => id === itemId)

  function replaceItem(item: Item) {
    products = products?.map((product) =>
      product.id === item.productId
        ? { ...product, items: product.items.map((one) => (one.id === item.id ? item : one)) }
        : product,
    )
  }

  async function itemSold(itemId: number, read: ReadAvailability): Promise<ItemChange> {
    await beforeHandle('Inventory.item_sold')
    const before = itemOf(itemId)
    if (!before) throw unknownItem(itemId)
    const availability = await read(itemId)
    if (!availability) throw unknownItem(itemId)
    const after = { ...before, ...availability }
    replaceItem(after)
    return { before, after }
  }

  const unknownItem = (itemId: number) =>
    products ? new UnknownId(`there is no item ${itemId}`) : new InventoryNotReady('the inventory is still loading')

  function released(productId: number): Product {
    products = products?.map((product) => (product.id === productId ? { ...product, released: true } : product))
    const product = products?.find(({ id }) => id === productId)
    if (!product) throw new InventoryNotReady(`product ${productId} is not in this node's inventory`)
    return product
  }

  async function load(self: { sendAfter(delayMs: number, message: Mail): () => void }) {
    cancelRetry()
    try {
      products = await loader.products()
    } catch (error) {
      log.warn({ reason: (error as Error).message }, 'inventory: cannot load, trying again')
      cancelRetry = self.sendAfter(loadRetryMs, { do: 'load' })
      return
    }
    log.info({ products: products.length }, 'inventory: loaded')
    onLoaded?.(products)
  }

  /** A failed call must reject at its caller and not end the actor: the state is untouched and still right. */
  const asValue = async <T>(work: Promise<T> | T) => {
    try {
      return { value: await work }
    } catch (error) {
      return { error }
    }
  }

  async function ask<T>(mail: Mail): Promise<T> {
    if (!actor?.alive) throw new InventoryNotReady('the inventory is restarting')
    const answer = await actor.call<{ value: T } | { error: unknown }>(mail, callTimeoutMs)
    if ('error' in answer) throw answer.error
    return answer.value
  }

  return {
    products: () => products,
    item: itemOf,
    async start() {
      actor = await runtime.start<Mail>({
        name,
        role: 'inventory',
        init: (self) => self.send({ do: 'load' }),
        handle(mail, self) {
          if (mail.do === 'load') return load(self)
          if (mail.do === 'released') return asValue(beforeRelease(mail.productId))
          return asValue(itemSold(mail.itemId, mail.read))
        },
        terminate() {
          cancelRetry()
          products = undefined
        },
      })
      return actor
    },
    markReleased: (productId) => ask({ do: 'released', productId }),
    itemSold: (itemId, read = loader.availability) =>
      quirks.unordered ? itemSold(itemId, olderLater(read)) : ask({ do: 'item_sold', itemId, read }),
    // An actor that is being restarted loads anyway.
    refresh: () => actor?.send({ do: 'load' }),
  }

  /** The more was left, the older the count, and the longer it takes. */
  function olderLater(read: ReadAvailability): ReadAvailability {
    return async (itemId) => {
      const availability = await read(itemId)
      await clock.sleep((availability?.availableCount ?? 0) * laterMs)
      return availability
    }
  }

  async function beforeRelease(productId: number) {
    await beforeHandle('Inventory.released')
    return released(productId)
  }
}

/** How much later the planted defect puts each older count in place (DF-62). */
const laterMs = 300

/** Longer than a query may take, so that a slow database is told apart from a dead actor. */
const callTimeoutMs = 8_000
