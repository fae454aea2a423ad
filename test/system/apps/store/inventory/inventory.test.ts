import { describe, expect, it } from 'vitest'
import type { Product } from '../../../../../system/apps/store/catalog/product.ts'
import {
  createInventory,
  type Inventory,
  type Loader,
  UnknownId,
} from '../../../../../system/apps/store/inventory/inventory.ts'
import { systemClock } from '../../../../../system/platform/clock.ts'
import { silentLog } from '../../../../../system/platform/log.ts'
import { createRuntime } from '../../../../../system/runtime/index.ts'
import { completeProducts } from '../../../../support/complete-products.ts'

function stock(counts: Record<number, number> = {}) {
  const state = { down: false, counts, released: new Set<number>() }
  const fail = () => {
    if (state.down) throw new Error('no database')
  }
  const loader: Loader = {
    async products(): Promise<Product[]> {
      fail()
      return completeProducts().map((product) => ({
        ...product,
        released: state.released.has(product.id),
        items: product.items.map((item) => ({ ...item, availableCount: state.counts[item.id] ?? item.availableCount })),
      }))
    },
    async availability(itemId) {
      fail()
      const availableCount = state.counts[itemId]
      return availableCount === undefined ? undefined : { availableCount, version: 1 }
    },
  }
  return { state, loader }
}

function build(loader: Loader, name = 'Test.Inventory') {
  const clock = systemClock
  const runtime = createRuntime({ clock, log: silentLog })
  const loads: (readonly Product[])[] = []
  const onLoaded = (products: readonly Product[]) => void loads.push(products)
  return { loads, inventory: createInventory({ name, loader, runtime, log: silentLog, onLoaded }) }
}

async function started(loader: Loader) {
  const { inventory, loads } = build(loader)
  const actor = await inventory.start()
  await loaded(inventory)
  return { inventory, actor, loads }
}

const loaded = (inventory: Inventory) => expect.poll(inventory.products, { timeout: 3_000 }).toBeDefined()

const countOf = (products: readonly Product[] | undefined, itemId: number) =>
  products?.flatMap(({ items }) => items).find(({ id }) => id === itemId)?.availableCount

describe('the inventory', () => {
  it('knows nothing before its first load, and serves from memory after it (ST-10, ST-12, ST-15)', async () => {
    const { state, loader } = stock()
    const { inventory } = build(loader)
    expect(inventory.products()).toBeUndefined()
    await inventory.start()
    await loaded(inventory)
    state.down = true
    expect(inventory.products()).toHaveLength(2)
  })

  it('shows whoever inspects it how much it knows (RT-71)', async () => {
    const { loader } = stock()
    const { actor } = await started(loader)
    expect(actor.inspect(0).state).toEqual({ loaded: true, products: 2 })
  })

  it('keeps trying to load until the database is there (AT-22)', async () => {
    const { state, loader } = stock()
    state.down = true
    const { inventory } = build(loader)
    await inventory.start()
    await expect(inventory.markReleased(1)).rejects.toThrow('not in this node')
    expect(inventory.products()).toBeUndefined()
    state.down = false
    await expect.poll(() => inventory.products(), { timeout: 3_000 }).toHaveLength(2)
  })

  it('lives beside another one in the same process (ST-13)', async () => {
    const { loader } = stock({ 1: 5 })
    const other = stock({ 1: 77 })
    const a = await started(loader)
    const b = await started(other.loader)
    expect([countOf(a.inventory.products(), 1), countOf(b.inventory.products(), 1)]).toEqual([5, 77])
  })

  it('answers the item before and after a sale (ST-17)', async () => {
    const { state, loader } = stock({ 1: 5 })
    const { inventory } = await started(loader)
    state.counts = { 1: 4 }
    const { before, after } = await inventory.itemSold(1)
    expect([before.availableCount, after.availableCount]).toEqual([5, 4])
    expect(countOf(inventory.products(), 1)).toBe(4)
  })

  it('never lets an older read overtake a newer one (DF-62)', async () => {
    const reads: ((count: number) => void)[] = []
    const { loader } = stock({ 1: 5 })
    const slow: Loader = {
      ...loader,
      availability: () =>
        new Promise((resolve) => reads.push((availableCount) => resolve({ availableCount, version: 1 }))),
    }
    const { inventory } = await started(slow)
    const sales = [inventory.itemSold(1), inventory.itemSold(1)]
    await expect.poll(() => reads.length, { timeout: 1_000 }).toBe(1)
    reads[0]!(4)
    await expect.poll(() => reads.length, { timeout: 1_000 }).toBe(2)
    reads[1]!(3)
    await Promise.all(sales)
    expect(countOf(inventory.products(), 1)).toBe(3)
  })

  it('refuses an item that is not there and goes on living', async () => {
    const { loader } = stock({ 1: 5 })
    const { inventory, actor } = await started(loader)
    await expect(inventory.itemSold(99)).rejects.toBeInstanceOf(UnknownId)
    expect(actor.alive).toBe(true)
  })

  it('forgets everything when killed and takes it from the database again (ST-12)', async () => {
    const { state, loader } = stock({ 1: 5 })
    const { inventory, actor } = await started(loader)
    actor.kill()
    expect(inventory.products()).toBeUndefined()
    state.counts = { 1: 2 }
    await inventory.start()
    await loaded(inventory)
    expect(countOf(inventory.products(), 1)).toBe(2)
  })

  it('reads everything anew when asked, and says so after every load (ST-57)', async () => {
    const { state, loader } = stock({ 1: 5, 2: 5, 3: 5 })
    const { inventory, loads } = await started(loader)
    state.counts = { 1: 5, 2: 0, 3: 5 }
    state.released.add(2)
    inventory.refresh()
    await expect.poll(() => loads.length, { timeout: 1_000 }).toBe(2)
    expect(countOf(loads[1], 2)).toBe(0)
    expect(inventory.products()?.map(({ released }) => released)).toEqual([false, true])
  })

  it('makes good a refresh that found no database (ST-57)', async () => {
    const { state, loader } = stock({ 1: 5 })
    const { inventory, loads } = await started(loader)
    state.down = true
    inventory.refresh()
    inventory.refresh()
    state.counts = { 1: 2 }
    await inventory.itemSold(1).catch(() => {})
    expect(countOf(inventory.products(), 1)).toBe(5)
    state.down = false
    await expect.poll(() => countOf(inventory.products(), 1), { timeout: 3_000 }).toBe(2)
    expect(loads).toHaveLength(2)
  })
})
