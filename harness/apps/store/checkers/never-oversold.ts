import { type Checker, passed, unknown, violated } from '../../../verdict/checker.ts'
import { type FinalStock, itemsOf } from './stock.ts'

/** Units are conserved: initial = on hand + sold, and no count is below zero (ST-19, DF-68). */
export const neverOversold: Checker = {
  name: 'never-oversold',
  judgesOpen: true,
  invariant:
    'for every item, whenever it is read: initial stock = available + sold, available >= 0, and each sale raised its version',
  check(history) {
    const items = history.finals<FinalStock>('database').flatMap(({ value }) => itemsOf(value))
    if (items.length === 0) return unknown('the final stock was not read')
    const reads = history.of('read', 'stock').flatMap(({ value }) => itemsOf(value as FinalStock))
    const everRead = [...reads, ...items]
    const oversold = everRead.find(
      ({ initialCount, soldUnits, availableCount }) => soldUnits > initialCount || availableCount < 0,
    )
    if (oversold)
      return violated(`oversold: item ${oversold.id} had ${oversold.initialCount} and sold ${oversold.soldUnits}`, {
        oversold,
      })
    const leaking = everRead.find(
      ({ initialCount, soldUnits, availableCount }) => initialCount !== availableCount + soldUnits,
    )
    if (leaking)
      return violated(
        `not conserved: item ${leaking.id} had ${leaking.initialCount}, has ${leaking.availableCount}, sold ${leaking.soldUnits}`,
        { leaking },
      )
    const unnumbered = everRead.find(({ version = 0, saleCount = 0 }) => version < saleCount)
    if (unnumbered)
      return violated(
        `not numbered: item ${unnumbered.id} was sold ${unnumbered.saleCount} times, and its version is ${unnumbered.version}: nobody can tell which of two messages is the newer`,
        { unnumbered },
      )
    const okSales = Map.groupBy(history.of('ok', 'sell'), ({ value }) => (value as { itemId: number }).itemId)
    const lost = items.find(({ id, soldUnits }) => (okSales.get(id)?.length ?? 0) > soldUnits)
    if (lost)
      return violated(`lost sale: item ${lost.id} was sold more often than the database knows (${lost.soldUnits})`, {
        lost,
      })
    const soldUnits = items.reduce((sum, item) => sum + item.soldUnits, 0)
    const attempts = history
      .of('invoke')
      .filter(({ operation }) => operation === 'sell' || operation === 'reduce' || operation === 'purchase').length
    return attempts === 0
      ? unknown('nobody tried to buy anything')
      : passed(`${soldUnits} units sold, every one of them existed`, { soldUnits })
  },
}
