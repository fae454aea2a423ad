import type { History } from '../../../history/history.ts'
import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'
import { type FinalOrder, type FinalStock, itemsOf } from './stock.ts'

/** Every order matches the units sold for it, and they are sold once (CT-55, CT-58, DF-87). */
export const ordersChargedOnce: Checker = {
  name: 'orders-charged-once',
  invariant:
    'every confirmed purchase is one order, every order is charged once for what was sold, and nothing is sold without one',
  check(history) {
    const [final] = history.finals<FinalOrder[]>('orders')
    if (!final) return unknown('the orders were not read')
    const purchases = history.of('invoke', 'purchase').length
    if (purchases === 0) return unknown('nobody tried to buy a cart')
    const orders = final.value
    for (const order of orders) {
      const sold = sorted(order.soldItemIds)
      if (sold !== sorted(order.itemIds))
        return violated(`wrong order: order ${order.id} lists [${sorted(order.itemIds)}] and [${sold}] was sold`, {
          ...{ order, expected: order.soldItemIds.toSorted(), seen: order.itemIds.toSorted() },
        })
      if (order.totalUsd !== order.soldUsd)
        return violated(`wrong total: order ${order.id} is $${order.totalUsd}, what was sold is $${order.soldUsd}`, {
          order,
        })
    }
    const [confirmed, possible] = [distinct(history, ['ok']), distinct(history, ['ok', 'unsure'])]
    if (orders.length < confirmed)
      return violated(`lost order: ${confirmed} purchases were confirmed, there are ${orders.length} orders`)
    if (orders.length > possible)
      return violated(
        `order twice: there are ${orders.length} orders, and ${possible} purchases that can have made one`,
      )
    return (
      formWithAnotherKey(history) ??
      leftOver(history, orders) ??
      passed(`${count(orders.length, 'order')}, each charged once`)
    )
  },
}

const sorted = (ids: readonly number[]) => [...ids].sort((a, b) => a - b).join()

/** Returns the distinct purchases; attempts with the same key are one purchase. */
const distinct = (history: History, ends: readonly ('ok' | 'unsure')[]) =>
  new Set(
    ends
      .flatMap((end) => history.of(end, 'purchase'))
      .map(({ op, value }) => {
        const { shopper, key } = value as { shopper: string; key?: string }
        return key === undefined ? `operation ${op}` : `${shopper} ${key}`
      }),
  ).size

interface FormAgain {
  status: number
  sent: string
  answered: string
  problem: string
}

/** What a shopper must be told about an attempt, by its status (CT-58, CT-59). */
const problemWords: Readonly<Record<number, string>> = {
  409: 'sold out, so nothing was bought',
  422: 'cart is empty',
  503: 'you will not pay twice',
}

/**
 * A form that is sent again after an attempt without a certain end is the same order, and every form that is loaded is an order of its own
 * (CT-58, CT-59): else a shopper could pay twice, or never buy again.
 */
function formWithAnotherKey(history: History) {
  for (const { who, value } of history.of('read', 'form-again')) {
    const { status, sent, answered, problem } = value as FormAgain
    const words = problemWords[status]
    if (words !== undefined && !problem.includes(words))
      return violated(`wrong reason: ${who} was answered ${status} with "${problem}", which does not say "${words}"`, {
        who,
      })
    const isSameOrder = status === 409 || status === 503
    if (isSameOrder && sent !== answered)
      return violated(`form of another order: ${who} was answered ${status} with a form whose key is new`, {
        who,
        status,
      })
  }
  const keys = new Set<string>()
  for (const { who, value } of history.of('read', 'form')) {
    const { key } = value as { key: string }
    if (keys.has(key))
      return violated(`form of another order: ${who} loaded a form whose key was given out before`, { who })
    keys.add(key)
  }
  return undefined
}

/** Finds units that left the stock and belong to no order. A reducer sells without orders, in amounts that are not recorded. */
function leftOver(history: History, orders: readonly FinalOrder[]) {
  const [stock] = history.finals<FinalStock>('database')
  if (!stock || history.of('invoke', 'reduce').length > 0) return undefined
  const soldUnits = itemsOf(stock.value).reduce((sum, one) => sum + one.soldUnits, 0)
  const ordered = orders.reduce((sum, { soldItemIds }) => sum + soldItemIds.length, 0)
  const single = history.of('ok', 'sell').length + history.of('unsure', 'sell').length
  return soldUnits > ordered + single
    ? violated(`sold without an order: ${soldUnits - ordered - single} units`, { soldUnits, ordered, single })
    : undefined
}
