import type { PoolClient } from 'pg'
import type { Defect } from '../../../platform/defects.ts'
import type { Repo } from '../db/repo.ts'
import { type OrderLine, type PurchaseResult, type PurchaseWish, purchase } from './purchase.ts'
import { sellUnits } from './single-item.ts'

export interface BrokenPurchaseOptions {
  repo: Repo
  nodeName: string
  wish: PurchaseWish
  defects: ReadonlySet<Defect>
  /** What this node believes to be left. */
  countInCache(itemId: number): number
  /** Makes a sale known that may still be taken back. */
  announceEarly(itemId: number, client: PoolClient): Promise<void>
}

/** Purchases with a planted mistake (FI-18); undefined when none is asked for. */
export function brokenPurchase(options: BrokenPurchaseOptions): Promise<PurchaseResult> | undefined {
  const { defects, repo, nodeName, wish, announceEarly } = options
  if (defects.has('DF-67')) return sellFromCache(options)
  if (defects.has('DF-87')) return sellOneByOne(options)
  if (defects.has('DF-88')) return purchase({ repo, nodeName, onTaken: announceEarly }, wish)
  return undefined
}

const complete = (items: OrderLine[]): PurchaseResult => ({
  kind: 'purchase_complete',
  order: { id: 0, items, totalUsd: 0 },
  isRepeat: false,
})

/** DF-67: what this node believes decides, and the database is told afterwards. */
async function sellFromCache({ repo, nodeName, wish, countInCache }: BrokenPurchaseOptions): Promise<PurchaseResult> {
  const gone = wish.itemIds.filter((itemId) => countInCache(itemId) === 0)
  if (gone.length > 0) return { kind: 'purchase_failed', itemIds: gone }
  for (const itemId of wish.itemIds) {
    await repo.query(
      'update item_availability set available_count = greatest(available_count - 1, 0), version = version + 1 where item_id = $1',
      [itemId],
    )
    await repo.query('insert into sales (item_id, units, node) values ($1, 1, $2)', [itemId, nodeName])
  }
  return complete(wish.itemIds.map((itemId) => ({ itemId, priceUsd: 0 })))
}

/** DF-87: without a transaction, what was sold before the failure stays sold. */
async function sellOneByOne({ repo, nodeName, wish }: BrokenPurchaseOptions): Promise<PurchaseResult> {
  for (const itemId of [...wish.itemIds].sort((a, b) => a - b)) {
    const units = await sellUnits(repo, itemId, 1, nodeName)
    if (units === 0) return { kind: 'purchase_failed', itemIds: [itemId] }
  }
  return complete(wish.itemIds.map((itemId) => ({ itemId, priceUsd: 0 })))
}
