import type { Defect } from '../../../platform/defects.ts'
import type { Inventory, Loader } from './inventory.ts'

/** After so many failures the planted defect gives up (DF-70). */
const attemptsMax = 3

/** Reads of the stock with a planted mistake (FI-18); the loader itself when none is asked for. */
export function brokenLoader(loader: Loader, defects: ReadonlySet<Defect>): Loader {
  if (defects.has('DF-69')) return { ...loader, products: onceOnly(loader.products) }
  if (defects.has('DF-70')) return { ...loader, products: givingUp(loader.products) }
  return loader
}

/** DF-69: every later load brings the first one back. */
function onceOnly(read: Loader['products']): Loader['products'] {
  let first: ReturnType<Loader['products']> | undefined
  return () => {
    first ??= read().catch((error: Error) => {
      first = undefined
      throw error
    })
    return first
  }
}

/** DF-70: waits for ever for a database that was away for too long. */
function givingUp(read: Loader['products']): Loader['products'] {
  let failures = 0
  return async () => {
    if (failures >= attemptsMax) return new Promise(() => {})
    return read().catch((error: Error) => {
      failures += 1
      throw error
    })
  }
}

/** A node's copy of the stock with a planted mistake (FI-18); the inventory itself when none is asked for. */
export const brokenInventory = (inventory: Inventory, defects: ReadonlySet<Defect>): Inventory =>
  defects.has('DF-103') ? lostWithItsOwner(inventory) : inventory

/** DF-103: what ended with the actor that owned it is not made again. */
function lostWithItsOwner(inventory: Inventory): Inventory {
  let isLost = false
  return {
    ...inventory,
    products() {
      if (isLost) throw new Error('the table is gone')
      return inventory.products()
    },
    async start() {
      const actor = await inventory.start()
      actor.onExit(() => {
        isLost = true
      })
      return actor
    },
  }
}
