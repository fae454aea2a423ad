import type { FinalStock } from '../../../harness/apps/store/checkers/stock.ts'
import { type Checker, count, passed, unknown, violated } from '../../../harness/verdict/checker.ts'

interface NodeInventory {
  inventory: { products: { id: number; released: boolean; items: { id: number; availableCount: number }[] }[] } | null
}

/** At rest every node's copy of the stock is the database's (ST-57, ST-58, DF-56, DF-57, DF-61, DF-89). */
export const nodesAgreeWithDatabase: Checker = {
  name: 'nodes-agree-with-database',
  invariant: 'after settling, every node holds what the database holds',
  check(history) {
    const [stock] = history.finals<FinalStock>('database')
    const nodes = history.finals<NodeInventory>('node-state')
    if (!stock || nodes.length === 0) return unknown('the final state of the nodes or of the database was not read')
    for (const { node, value } of nodes) {
      const difference = firstDifference(stock.value, value)
      if (difference) return violated(`drift: node ${node} ${difference}`, { node })
    }
    return passed(`${count(nodes.length, 'node holds', 'nodes hold')} what the database holds`)
  },
}

function firstDifference(stock: FinalStock, { inventory }: NodeInventory): string | undefined {
  if (!inventory) return 'has no inventory'
  for (const product of stock.products) {
    const copy = inventory.products.find(({ id }) => id === product.id)
    if (copy?.released !== product.released)
      return `has product ${product.id} as ${saleOf(copy?.released)}, the database as ${saleOf(product.released)}`
    for (const { id, availableCount } of product.items) {
      const known = copy.items.find((item) => item.id === id)?.availableCount
      if (known !== availableCount) return `has ${known} of item ${id}, the database ${availableCount}`
    }
  }
  return undefined
}

function saleOf(released: boolean | undefined): string {
  if (released === undefined) return 'missing'
  return released ? 'released' : 'not released'
}
