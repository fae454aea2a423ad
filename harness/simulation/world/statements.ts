import type { Row, Transaction } from './tables.ts'

export type StatementResult = Row[]
/** Each knows what it is given. */
type Statement = (transaction: Transaction, params: never) => StatementResult | Promise<StatementResult>

interface Availability extends Row {
  item_id: number
  initial_count: number
  available_count: number
  version: number
}

const stockKey = (itemId: number) => `availability/${itemId}`
const productOf = (transaction: Transaction, item: Row) => transaction.get(`products/${item.product_id}`)!

async function changeStock(transaction: Transaction, itemId: number, change: (row: Availability) => number) {
  await transaction.lock(stockKey(itemId))
  const row = transaction.get(stockKey(itemId)) as Availability | undefined
  if (!row) return undefined
  const available_count = change(row)
  if (available_count < 0) throw new Error('violates check constraint "never_below_zero"')
  const next = { ...row, available_count, version: row.version + 1 }
  transaction.put(stockKey(itemId), next)
  return { before: row, after: next }
}

async function insertSale(transaction: Transaction, sale: Row) {
  const key = `sales/${transaction.nextId('sales')}`
  await transaction.lock(key)
  transaction.put(key, sale)
}

/** Takes up to so many units and writes the sale down; an item without any is not locked for long. */
async function sell(
  transaction: Transaction,
  [itemId, units, node, orderId]: readonly [number, number, string, number?],
) {
  await transaction.lock(stockKey(itemId))
  const row = transaction.get(stockKey(itemId)) as Availability | undefined
  if (!row || row.available_count === 0) return []
  const taken = Math.min(units, row.available_count)
  await changeStock(transaction, itemId, ({ available_count }) => available_count - taken)
  await insertSale(transaction, { item_id: itemId, units: taken, node, order_id: orderId ?? null })
  return [{ units: taken }]
}

/** Whoever comes second with the same key waits for the first, and finds its order if there is one. */
async function insertOrder(transaction: Transaction, [shopper, key, node]: readonly [string, string, string]) {
  const orderKey = `orders/${shopper} ${key}`
  await transaction.lock(orderKey)
  if (transaction.get(orderKey)) return []
  const id = String(transaction.nextId('orders'))
  transaction.put(orderKey, { id, shopper, key, node, items: [], total_usd: 0 })
  return [{ id }]
}

async function finishOrder(transaction: Transaction, [id, items, totalUsd]: readonly [string, string, number]) {
  const order = transaction.scan('orders/').find((row) => row.id === id)!
  transaction.put(`orders/${order.shopper} ${order.key}`, { ...order, items: JSON.parse(items), total_usd: totalUsd })
  return []
}

function completeProducts(transaction: Transaction): StatementResult {
  return transaction.scan('items/').map((item) => {
    const { available_count, version } = transaction.get(stockKey(item.id as number)) as Availability
    const { id: item_id, sku: item_sku, size } = item
    return { ...productOf(transaction, item), item_id, item_sku, size, available_count, version: String(version) }
  })
}

/** Every statement of the shop, by how it begins. */
const statements: readonly [begins: string, statement: Statement][] = [
  ['select 1', () => []],
  ['select p.id, p.sku', completeProducts],
  [
    'select available_count, version from item_availability',
    (transaction, [itemId]: readonly [number]) => {
      const row = transaction.get(stockKey(itemId))
      return row ? [{ ...row, version: String(row.version) }] : []
    },
  ],
  [
    'select available_count from item_availability',
    (transaction, [itemId]: readonly [number]) =>
      [transaction.get(stockKey(itemId))].filter((row) => row !== undefined),
  ],
  [
    'select released from products',
    (transaction, [id]: readonly [number]) => [transaction.get(`products/${id}`)].filter((row) => row !== undefined),
  ],
  [
    'select p.price_usd from items',
    (transaction, [itemId]: readonly [number]) => {
      const item = transaction.get(`items/${itemId}`)
      const product = item && productOf(transaction, item)
      return product?.released ? [product] : []
    },
  ],
  [
    'select id, items, total_usd from orders',
    (transaction, [shopper, key]: readonly [string, string]) =>
      [transaction.get(`orders/${shopper} ${key}`)].filter((row) => row !== undefined),
  ],
  [
    'update products set position',
    async (transaction) => {
      await transaction.lock('products/1')
      return []
    },
  ],
  [
    'update products set released',
    async (transaction, [id]: readonly [number]) => {
      const key = `products/${id}`
      await transaction.lock(key)
      const row = transaction.get(key)
      if (!row) return []
      transaction.put(key, { ...row, released: true })
      return [{ id }]
    },
  ],
  ['with held as', sell],
  ['insert into orders', insertOrder],
  ['update orders set items', finishOrder],
  [
    'update item_availability set available_count = $2',
    async (transaction, [itemId, count]: readonly [number, number]) => {
      await changeStock(transaction, itemId, () => count)
      return []
    },
  ],
  [
    'update item_availability set available_count = greatest',
    async (transaction, [itemId]: readonly [number]) => {
      await changeStock(transaction, itemId, ({ available_count }) => Math.max(0, available_count - 1))
      return []
    },
  ],
  [
    'insert into sales (item_id, units, node) values ($1, 1, $2)',
    async (transaction, [itemId, node]: readonly [number, string]) => {
      await insertSale(transaction, { item_id: itemId, units: 1, node, order_id: null })
      return []
    },
  ],
]

const known = new Map<string, Statement>()

/** What a statement does. One that is not known here has to be made known: guessing would prove nothing. */
export function statementFor(sql: string): Statement {
  const cached = known.get(sql)
  if (cached) return cached
  const text = sql.trim().replaceAll(/\s+/g, ' ')
  const found = statements.find(([begins]) => text.startsWith(begins))
  if (!found) throw new Error(`the simulated database does not know the statement "${text}"; teach it in statements.ts`)
  known.set(sql, found[1])
  return found[1]
}
