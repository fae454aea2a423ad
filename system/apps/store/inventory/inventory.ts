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

type Mail = { do: 'load' } | { do: 'released'; productId: number } | { do: 'item_sold'; itemId: number }

/** One node's copy of the stock: it is rendered from, and never decides a sale (ST-10..15). */
export interface Inventory {
  /** From memory; undefined until the first load succeeded. */
  products(): readonly Product[] | undefined
  /** One item, from memory; undefined when there is none, and until the first load succeeded. */
  item(itemId: number): Item | undefined
  start(): Promise<ActorRef<Mail>>
  markReleased(productId: number): Promise<Product>
  /** Reads the count from the database and stores it in the copy. Reads run one after the other, so that none is older than the last. */
  itemSold(itemId: number): Promise<ItemChange>
  /** Loads everything again from the database, now or as soon as it is reachable (ST-57). */
  refresh(): void
}

export class InventoryNotReady extends Error {
  override name = 'InventoryNotReady'
}
export class UnknownId extends Error {
  override name = 'UnknownId'
}

const loadRetryMs = 300
/** Longer than a query may take, so that a slow database is told apart from a dead actor. */
const callTimeoutMs = 8_000

interface InventoryOptions {
  name?: string
  loader: Loader
  runtime: Runtime
  log: Log
  /** Called after every load: at the start, after a restart, and when messages may have been missed. */
  onLoaded?: (products: readonly Product[]) => void
  beforeHandle?: (handler: string) => Promise<void> | undefined
}

export function createInventory(options: InventoryOptions): Inventory {
  const { name = 'Sneakers23.Inventory', loader, runtime, log, onLoaded } = options
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

  async function itemSold(itemId: number): Promise<ItemChange> {
    await beforeHandle('Inventory.item_sold')
    const before = itemOf(itemId)
    if (!before) throw unknownItem(itemId)
    const availability = await loader.availability(itemId)
    if (!availability) throw unknownItem(itemId)
    const after = { ...before, ...availability }
    replaceItem(after)
    return { before, after }
  }

  const unknownItem = (itemId: number) =>
    products ? new UnknownId(`there is no item ${itemId}`) : new InventoryNotReady('the inventory is still loading')

  async function released(productId: number): Promise<Product> {
    await beforeHandle('Inventory.released')
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

  /** A failed call rejects at its caller and does not end the actor, whose state is untouched. */
  const asValue = async <T>(work: Promise<T>) => {
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
        inspect: () => ({ loaded: products !== undefined, products: products?.length ?? 0 }),
        init: (self) => self.send({ do: 'load' }),
        handle(mail, self) {
          if (mail.do === 'load') return load(self)
          return asValue<unknown>(mail.do === 'released' ? released(mail.productId) : itemSold(mail.itemId))
        },
        terminate() {
          cancelRetry()
          products = undefined
        },
      })
      return actor
    },
    markReleased: (productId) => ask({ do: 'released', productId }),
    itemSold: (itemId) => ask({ do: 'item_sold', itemId }),
    // Dropped while the actor restarts, which loads everything anyway.
    refresh: () => actor?.send({ do: 'load' }),
  }
}
