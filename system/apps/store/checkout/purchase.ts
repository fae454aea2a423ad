import type { PoolClient } from 'pg'
import type { Repo } from '../db/repo.ts'
import { sellUnit } from './single-item.ts'

export interface OrderLine {
  itemId: number
  priceUsd: number
}

/** What a shopper bought. */
export interface Order {
  id: number
  items: OrderLine[]
  totalUsd: number
}

export type PurchaseResult =
  /** `isRepeat`: this order was made before, and nothing was sold now. */
  { kind: 'purchase_complete'; order: Order; isRepeat: boolean } | { kind: 'purchase_failed'; itemIds: number[] }

export interface PurchaseWish {
  /** Whose order it is; not a secret. */
  shopper: string
  /** The same for every attempt at one order (idempotency key). */
  key: string
  itemIds: readonly number[]
}

interface Seller {
  repo: Repo
  nodeName: string
  /** Awaited when every item is taken and nothing is committed. */
  beforeCommit?(): Promise<void> | undefined
}

/**
 * One transaction: every item is sold, or none is (CT-55). The database decides, never a copy of it (CT-56). A repeated attempt finds
 * the order that the first one made; if both run at once the later waits for the earlier. Rejects when the database is unreachable:
 * the order may have been made then, and another attempt with the same key returns it.
 */
export async function purchase(seller: Seller, wish: PurchaseWish): Promise<PurchaseResult> {
  try {
    return await seller.repo.transaction((client) => placeOrder(client, seller, wish))
  } catch (error) {
    if (error instanceof NotSold) return { kind: 'purchase_failed', itemIds: [error.itemId] }
    throw error
  }
}

/** The order of a shopper with this key; undefined when there is none. */
export async function findOrder(repo: Repo, shopper: string, key: string): Promise<Order | undefined> {
  const [row] = await repo.query<OrderRow>(
    'select id, items, total_usd from orders where shopper = $1 and key = $2 and total_usd > 0',
    [shopper, key],
  )
  return row && toOrder(row)
}

/** Thrown inside the transaction to roll it back. */
class NotSold extends Error {
  readonly itemId: number
  constructor(itemId: number) {
    super(`item ${itemId} could not be sold`)
    this.itemId = itemId
  }
}

interface OrderRow {
  /** A bigint, which the driver gives as text. */
  id: string
  items: OrderLine[]
  total_usd: number
}

const toOrder = ({ id, items, total_usd }: OrderRow): Order => ({ id: Number(id), items, totalUsd: total_usd })

async function placeOrder(client: PoolClient, seller: Seller, wish: PurchaseWish): Promise<PurchaseResult> {
  const { shopper, key } = wish
  const inserted = await client.query<{ id: string }>(
    `insert into orders (shopper, key, items, node) values ($1, $2, '[]', $3) on conflict do nothing returning id`,
    [shopper, key, seller.nodeName],
  )
  const orderId = inserted.rows[0]?.id
  if (orderId === undefined) return { kind: 'purchase_complete', order: await earlier(client, wish), isRepeat: true }
  const items: OrderLine[] = []
  // Rows are always locked in the order of their ids, so that two purchases of the same items cannot deadlock.
  for (const itemId of [...wish.itemIds].sort((a, b) => a - b)) {
    items.push({ itemId, priceUsd: await priceOf(client, itemId) })
    if (!(await sellUnit(client, itemId, seller.nodeName, orderId))) throw new NotSold(itemId)
  }
  const totalUsd = items.reduce((sum, { priceUsd }) => sum + priceUsd, 0)
  await client.query('update orders set items = $2, total_usd = $3 where id = $1', [
    orderId,
    JSON.stringify(items),
    totalUsd,
  ])
  await seller.beforeCommit?.()
  return { kind: 'purchase_complete', order: { id: Number(orderId), items, totalUsd }, isRepeat: false }
}

async function earlier(client: PoolClient, { shopper, key }: PurchaseWish): Promise<Order> {
  const { rows } = await client.query<OrderRow>(
    'select id, items, total_usd from orders where shopper = $1 and key = $2',
    [shopper, key],
  )
  return toOrder(rows[0]!)
}

/** The price of a released item; refuses the purchase of any other, whatever the cart says (CT-30). */
async function priceOf(client: PoolClient, itemId: number): Promise<number> {
  const { rows } = await client.query<{ price_usd: number }>(
    'select p.price_usd from items i join products p on p.id = i.product_id where i.id = $1 and p.released',
    [itemId],
  )
  if (!rows[0]) throw new NotSold(itemId)
  return rows[0].price_usd
}
