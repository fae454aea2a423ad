import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'
import { firstById } from '../first-by-id.ts'
import type { FinalStock } from './stock.ts'

interface NodeInventory {
  inventory: { products: Copy[] } | null
}

interface Copy {
  id: number
  released: boolean
  items: { id: number; availableCount: number }[]
}

/** When the system is idle, every node's copy of the stock equals the database (ST-57, ST-58, DF-56, DF-57, DF-61, DF-89). */
export const nodesAgreeWithDatabase: Checker = {
  name: 'nodes-agree-with-database',
  invariant: 'after settling, every node holds what the database holds',
  check(history) {
    const [stock] = history.finals<FinalStock>('database')
    const nodes = history.finals<NodeInventory>('node-state')
    if (!stock || nodes.length === 0) return unknown('the final state of the nodes or of the database was not read')
    for (const { node, value } of nodes) {
      const difference = firstDifference(stock.value, value)
      if (difference) {
        const { inventory } = value
        return violated(`drift: node ${node} ${difference}`, {
          node,
          expected: copyOf(stock.value.products),
          seen: inventory && copyOf(inventory.products),
        })
      }
    }
    return passed(`${count(nodes.length, 'node holds', 'nodes hold')} what the database holds`)
  },
}

const saleOf = (released: boolean | undefined) =>
  released === undefined ? 'missing' : released ? 'released' : 'not released'

/** The parts that are compared. */
const copyOf = (products: readonly Copy[]) =>
  products
    .toSorted((one, other) => one.id - other.id)
    .map(({ id, released, items }) => ({
      product: id,
      released,
      items: Object.fromEntries(items.map((item) => [item.id, item.availableCount])),
    }))

function firstDifference(stock: FinalStock, { inventory }: NodeInventory): string | undefined {
  if (!inventory) return 'has no inventory'
  const copies = firstById(inventory.products)
  for (const product of stock.products) {
    const copy = copies.get(product.id)
    if (copy?.released !== product.released)
      return `has product ${product.id} as ${saleOf(copy?.released)}, the database as ${saleOf(product.released)}`
    const items = firstById(copy.items)
    for (const { id, availableCount } of product.items) {
      const known = items.get(id)?.availableCount
      if (known !== availableCount) return `has ${known} of item ${id}, the database ${availableCount}`
    }
  }
  return undefined
}
