import { describe, expect, it } from 'vitest'
import type { Repo } from '../../../../system/apps/store/db/repo.ts'
import type { Inventory } from '../../../../system/apps/store/inventory/inventory.ts'
import type { Notifications } from '../../../../system/apps/store/notifications.ts'
import { createStore } from '../../../../system/apps/store/store.ts'
import { systemClock } from '../../../../system/platform/clock.ts'
import { silentLog } from '../../../../system/platform/log.ts'
import { completeProducts } from '../../../support/complete-products.ts'

interface Setting {
  left?: number
  databaseDown?: boolean
  /** The database does what it is told, but its answer comes too late. */
  answersLate?: boolean
  loaded?: boolean
  /** Which products are on sale, as far as this node knows. */
  onSale?: number[]
  inventoryFails?: boolean
}

/** The store with every part written down as a line of a step log. */
function store(setting: Setting = {}) {
  const { left = 4, databaseDown = false, answersLate = false } = setting
  const { loaded = true, onSale = [], inventoryFails = false } = setting
  const steps: string[] = []
  const later: (() => void)[] = []
  const after = (_delayMs: number, run: () => void) => {
    later.push(run)
    return () => {}
  }
  const products = completeProducts().map((product) => ({ ...product, released: onSale.includes(product.id) }))
  const item = products[0]!.items[0]!
  const query = async (sql: string) => {
    if (databaseDown) throw new Error('no database')
    if (sql.startsWith('select released')) return [{ released: steps.includes('write released') }]
    steps.push(/released/.test(sql) ? 'write released' : 'write sale')
    if (answersLate) throw new Error('no answer in time')
    return [{ id: 1, units: 1 }]
  }
  const transaction = async (work: (client: unknown) => Promise<unknown>) => {
    const result = await work({ query: async () => ({ rows: [await query('sale')] }) })
    steps.push('commit')
    return result
  }
  const inventory = {
    products: () => (loaded ? products : undefined),
    async markReleased(id: number) {
      steps.push('inventory released')
      return products.find((product) => product.id === id)!
    },
    async itemSold() {
      if (inventoryFails && later.length === 0) throw new Error('the inventory is restarting')
      steps.push('inventory sold')
      return { before: item, after: { ...item, availableCount: left } }
    },
    refresh: () => void steps.push('refresh'),
  }
  const notifications = {
    released: () => void steps.push('clients released'),
    sold() {
      steps.push('clients stock')
      return 'broadcast' as const
    },
    itemOut: () => void steps.push('item out'),
  }
  const built = createStore({
    repo: { query, transaction } as unknown as Repo,
    inventory: inventory as unknown as Inventory,
    notifications: notifications as unknown as Notifications,
    replicate: ({ type }) => void steps.push(`replicate ${type}`),
    nodeName: 'n1',
    clock: { ...systemClock, sleep: async () => {}, after },
    log: silentLog,
  })
  return { store: built, steps, later }
}

describe('releasing a product', () => {
  it('writes, then updates, then replicates, then tells (ST-16)', async () => {
    const { store: shop, steps } = store()
    await shop.markProductReleased(1)
    expect(steps).toEqual(['write released', 'inventory released', 'replicate product_released', 'clients released'])
  })

  it('changes and says nothing while the database is down (ST-16, AT-21)', async () => {
    const { store: shop, steps } = store({ databaseDown: true })
    await expect(shop.markProductReleased(1)).rejects.toThrow('no database')
    expect(steps).toEqual([])
  })

  it('is made known later when it was given up and written all the same (ST-57, NF-11)', async () => {
    const { store: shop, steps, later } = store({ answersLate: true, onSale: [1] })
    await expect(shop.markProductReleased(2)).rejects.toThrow('no answer in time')
    expect(steps).toEqual(['write released'])
    later.shift()!()
    await expect
      .poll(() => steps.slice(1))
      .toEqual(['inventory released', 'replicate product_released', 'clients released'])
  })

  it('is not made known again when it was given up, and another node has made it known', async () => {
    const { store: shop, steps, later } = store({ answersLate: true, onSale: [1] })
    await expect(shop.markProductReleased(1)).rejects.toThrow('no answer in time')
    later.shift()!()
    await new Promise(setImmediate)
    expect(steps).toEqual(['write released'])
  })

  it('is not made known when it was given up and never written', async () => {
    const { store: shop, steps, later } = store({ databaseDown: true })
    await expect(shop.markProductReleased(1)).rejects.toThrow('no database')
    later.shift()!()
    await expect.poll(() => later.length).toBe(1)
    expect(steps).toEqual([])
  })

  it('is refused before any write while the inventory loads (NF-6)', async () => {
    const { store: shop, steps } = store({ loaded: false })
    await expect(shop.markProductReleased(1)).rejects.toThrow('still loading')
    expect(steps).toEqual([])
  })
})

describe('selling an item', () => {
  it('commits, then updates, then replicates, then tells (ST-17, ST-18, CT-57)', async () => {
    const { store: shop, steps } = store()
    expect(await shop.sellItem(1)).toBe(true)
    expect(steps).toEqual(['write sale', 'inventory sold', 'replicate item_sold', 'clients stock'])
  })

  it('says that the last one is gone (ST-17, CT-49)', async () => {
    const { store: shop, steps } = store({ left: 0 })
    await shop.sellItem(1)
    expect(steps.at(-1)).toBe('item out')
  })

  it('is sold even when the news cannot be spread now, and the news follows (ST-18)', async () => {
    const { store: shop, steps, later } = store({ inventoryFails: true })
    expect(await shop.sellItem(1)).toBe(true)
    expect(steps).toEqual(['write sale'])
    later[0]!()
    await expect.poll(() => steps).toEqual(['write sale', 'inventory sold', 'replicate item_sold', 'clients stock'])
  })

  it('is refused before any write while the inventory loads (NF-6)', async () => {
    const { store: shop, steps } = store({ loaded: false })
    await expect(shop.sellItem(1)).rejects.toThrow('still loading')
    expect(steps).toEqual([])
  })
})

describe('a replicated event', () => {
  it('updates this node and stays here (ST-55)', async () => {
    const { store: shop, steps } = store()
    await shop.handleReplicated({ type: 'item_sold', id: 1 })
    await shop.handleReplicated({ type: 'product_released', id: 1 })
    expect(steps).toEqual(['inventory sold', 'inventory released'])
  })

  it('tells the carts of this node that an item is gone (ST-17, CT-49)', async () => {
    const { store: shop, steps } = store({ left: 0 })
    await shop.handleReplicated({ type: 'item_sold', id: 1 })
    expect(steps).toEqual(['inventory sold', 'item out'])
  })
})

describe('a replicated event that cannot be applied', () => {
  it('is made good by reading everything again (ST-57)', async () => {
    const { store: shop, steps } = store({ inventoryFails: true })
    await expect(shop.handleReplicated({ type: 'item_sold', id: 1 })).rejects.toThrow('restarting')
    expect(steps).toEqual(['refresh'])
  })
})
