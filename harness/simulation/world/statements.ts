import { checkViolated, foreignKeyViolated } from './sql-error.ts'
import type { Row, Transaction } from './tables.ts'

export type StatementResult = Row[]

export interface Statement {
  /** What it is called when it is refused because it writes. Default: it only reads. */
  writes?: 'INSERT' | 'UPDATE'
  /** Each knows the parameters that it is given. */
  run(transaction: Transaction, params: never): StatementResult | Promise<StatementResult>
}

interface Availability extends Row {
  item_id: number
  initial_count: number
  available_count: number
  version: number
}

const stockKey = (itemId: number) => `availability/${itemId}`
const productOf = (transaction: Transaction, item: Row) => transaction.get(`products/${item.product_id}`)!
const stockOf = (transaction: Transaction, itemId: number) =>
  transaction.get(stockKey(itemId)) as Availability | undefined

/** The columns that a statement asks for. */
const columns = (row: Row | undefined, ...names: string[]): Row[] =>
  row ? [Object.fromEntries(names.map((name) => [name, row[name]]))] : []

async function changeStock(transaction: Transaction, itemId: number, change: (row: Availability) => number) {
  if (!stockOf(transaction, itemId)) return
  await transaction.lock(stockKey(itemId))
  const row = stockOf(transaction, itemId)!
  const available_count = change(row)
  if (available_count < 0) throw checkViolated('item_availability', 'never_below_zero')
  transaction.put(stockKey(itemId), { ...row, available_count, version: row.version + 1 })
}

async function insertSale(transaction: Transaction, sale: Row) {
  const key = `sales/${transaction.nextId('sales')}`
  if (!transaction.get(`items/${sale.item_id}`)) throw foreignKeyViolated('sales', 'sales_item_id_fkey')
  await transaction.lock(key)
  transaction.put(key, sale)
}

/** Takes at most `units` and writes the sale down. An item without any is not waited for, and not locked. */
async function sell(
  transaction: Transaction,
  [itemId, units, node, orderId]: readonly [number, number, string, string?],
) {
  const hasSome = () => (stockOf(transaction, itemId)?.available_count ?? 0) > 0
  if (!hasSome()) return []
  await transaction.lock(stockKey(itemId))
  if (!hasSome()) return []
  const taken = Math.min(units, stockOf(transaction, itemId)!.available_count)
  await changeStock(transaction, itemId, ({ available_count }) => available_count - taken)
  await insertSale(transaction, { item_id: itemId, units: taken, node, order_id: orderId ?? null })
  return [{ units: taken }]
}

/** Whoever comes second with the same key waits for the first, and finds its order if there is one; its number is used up then. */
async function insertOrder(transaction: Transaction, [shopper, key, node]: readonly [string, string, string]) {
  const orderKey = `orders/${shopper} ${key}`
  const id = String(transaction.nextId('orders'))
  if (transaction.get(orderKey)) return []
  await transaction.lock(orderKey)
  if (transaction.get(orderKey)) return []
  transaction.put(orderKey, { id, shopper, key, node, items: [], total_usd: 0 })
  return [{ id }]
}

async function finishOrder(transaction: Transaction, [id, items, totalUsd]: readonly [string, string, number]) {
  const order = transaction.scan('orders/').find((row) => row.id === id)
  if (!order) return []
  const key = `orders/${order.shopper} ${order.key}`
  await transaction.lock(key)
  transaction.put(key, { ...order, items: JSON.parse(items), total_usd: totalUsd })
  return []
}

const productColumns = ['id', 'sku', 'brand', 'name', 'color', 'price_usd', 'main_image_url', 'released']

/** By the position of the product, then by its id, then by the id of the item. */
function completeProducts(transaction: Transaction): StatementResult {
  const placeOf = (item: Row) => {
    const { position, id } = productOf(transaction, item)
    return [position, id, item.id] as number[]
  }
  const inOrder = transaction.scan('items/').sort((a, b) => {
    const [one, other] = [placeOf(a), placeOf(b)]
    const differing = one.findIndex((place, index) => place !== other[index])
    return differing === -1 ? 0 : one[differing]! - other[differing]!
  })
  return inOrder.map((item) => {
    const { available_count, version } = stockOf(transaction, item.id as number)!
    const [product] = columns(productOf(transaction, item), ...productColumns)
    const { id: item_id, sku: item_sku, size } = item
    return { ...product, item_id, item_sku, size, available_count, version: String(version) }
  })
}

function priceOf(transaction: Transaction, [itemId]: readonly [number]) {
  const item = transaction.get(`items/${itemId}`)
  const product = item && productOf(transaction, item)
  return product?.released ? columns(product, 'price_usd') : []
}

const orderOf = (transaction: Transaction, [shopper, key]: readonly [string, string]) =>
  columns(transaction.get(`orders/${shopper} ${key}`), 'id', 'items', 'total_usd')

/** Every statement of the shop, by how it begins; of several that fit, the first. */
const statements: readonly [begins: string, statement: Statement][] = [
  ['select 1', { run: () => [{ '?column?': 1 }] }],
  ['select p.id, p.sku', { run: completeProducts }],
  [
    'select available_count, version from item_availability',
    {
      run(transaction, [itemId]: readonly [number]) {
        const row = stockOf(transaction, itemId)
        return row ? [{ available_count: row.available_count, version: String(row.version) }] : []
      },
    },
  ],
  [
    'select available_count from item_availability',
    {
      run: (transaction, [itemId]: readonly [number]) => columns(stockOf(transaction, itemId), 'available_count'),
    },
  ],
  [
    'select item_id from item_availability where available_count > 0',
    {
      run: (transaction) =>
        (transaction.scan('availability/') as Availability[])
          .filter(({ available_count }) => available_count > 0)
          .map(({ item_id }) => ({ item_id })),
    },
  ],
  [
    'select released from products',
    { run: (transaction, [id]: readonly [number]) => columns(transaction.get(`products/${id}`), 'released') },
  ],
  ['select p.price_usd from items', { run: priceOf }],
  [
    'select id, items, total_usd from orders where shopper = $1 and key = $2 and total_usd > 0',
    {
      run: (transaction, params: readonly [string, string]) =>
        orderOf(transaction, params).filter((row) => Number(row.total_usd) > 0),
    },
  ],
  ['select id, items, total_usd from orders', { run: orderOf }],
  ['update pg_catalog.pg_description set description = description where false', { writes: 'UPDATE', run: () => [] }],
  [
    'update products set released',
    {
      writes: 'UPDATE',
      async run(transaction, [id]: readonly [number]) {
        const key = `products/${id}`
        if (!transaction.get(key)) return []
        await transaction.lock(key)
        transaction.put(key, { ...transaction.get(key), released: true })
        return [{ id }]
      },
    },
  ],
  ['with held as', { writes: 'INSERT', run: sell }],
  ['insert into orders', { writes: 'INSERT', run: insertOrder }],
  ['update orders set items', { writes: 'UPDATE', run: finishOrder }],
  [
    'update item_availability set available_count = $2',
    {
      writes: 'UPDATE',
      async run(transaction, [itemId, count]: readonly [number, number]) {
        await changeStock(transaction, itemId, () => count)
        return []
      },
    },
  ],
  [
    'update item_availability set available_count = greatest',
    {
      writes: 'UPDATE',
      async run(transaction, [itemId]: readonly [number]) {
        await changeStock(transaction, itemId, ({ available_count }) => Math.max(0, available_count - 1))
        return []
      },
    },
  ],
  [
    'insert into sales (item_id, units, node) values ($1, 1, $2)',
    {
      writes: 'INSERT',
      async run(transaction, [itemId, node]: readonly [number, string]) {
        await insertSale(transaction, { item_id: itemId, units: 1, node, order_id: null })
        return []
      },
    },
  ],
]

/** How the statements begin that are known. */
export const taughtStatements = statements.map(([begins]) => begins)

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
