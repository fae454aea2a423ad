import { itemsOf } from '../checkers/stock.ts'
import { type StoreState, statesOf } from '../control.ts'
import { readOrders, readStock } from '../database.ts'
import type { Attempt, Found, StakeContext } from './attempts.ts'

/** Joined to both products, one on each node. */
export const ears = ['ear-n1', 'ear-n2'] as const

/** What the database, the nodes, the listeners and the tabs have of these operations, in the same order. */
export async function lookAt(context: StakeContext, attempts: readonly Attempt[]): Promise<Found[]> {
  const { database } = context.cluster
  const [stock, orders, states] = await Promise.all([
    readStock(database),
    readOrders(database),
    statesOf(context.cluster),
  ])
  const unitsOf = (itemId: number) => itemsOf(stock).find(({ id }) => id === itemId)?.soldUnits ?? 0
  const ordersOf = (itemId: number) => orders.filter(({ soldItemIds }) => soldItemIds.includes(itemId)).length

  return attempts.map(({ subject: { itemId, productId, inCart, page }, tabs }) => {
    const open = tabs().filter((tab) => tab.isOpen())
    return {
      ...(itemId !== undefined && {
        sold: { itemId, units: unitsOf(itemId), orders: ordersOf(itemId), left: byNode(states, leftOf(itemId)) },
        told: toldOf(itemId),
      }),
      ...(productId !== undefined && {
        released: {
          'the database': stock.products.some(({ id, released }) => id === productId && released),
          ...byNode(states, isReleased(productId)),
        },
      }),
      ...(inCart && {
        cart: {
          ...inCart,
          tabs: Object.fromEntries(open.map((tab) => [tab.name, tab.items().includes(inCart.itemId)])),
        },
      }),
      ...(page !== undefined && { counted: { expected: open.length, nodes: byNode(states, cartsOn(page)) } }),
    }
  })

  function toldOf(itemId: number) {
    const heard = (who: string) =>
      context.recorder.events.some(
        (one) => one.type === 'receive' && one.who === who && isSoldOut(one.event, one.value, itemId),
      )
    return Object.fromEntries(ears.map((who) => [who, heard(who)]))
  }
}

const byNode = <T>(states: readonly StoreState[], of: (state: StoreState) => T): Record<string, T> =>
  Object.fromEntries(states.map((state) => [state.node, of(state)]))

const leftOf =
  (itemId: number) =>
  ({ inventory }: StoreState) =>
    inventory?.products.flatMap(({ items }) => items).find(({ id }) => id === itemId)?.availableCount

const isReleased =
  (productId: number) =>
  ({ inventory }: StoreState) =>
    inventory?.products.some(({ id, released }) => id === productId && released) === true

const cartsOn =
  (wanted: string) =>
  ({ carts }: StoreState) =>
    carts.filter(({ page }) => page === wanted).length

const isSoldOut = (event: string | undefined, value: unknown, itemId: number) => {
  const { item_id, level } = Object(value) as { item_id?: number; level?: string }
  return event === 'stock_change' && item_id === itemId && level === 'out'
}
