import type { PoolClient } from 'pg'
import type { Repo } from '../db/repo.ts'

/** One statement decides and records: two buyers of the last pair cannot both find it (ST-19). */
const sellSql = `
  with held as (
    select item_id, least($2::integer, available_count) as units
      from item_availability where item_id = $1 and available_count > 0 for update),
  taken as (
    update item_availability a set available_count = a.available_count - held.units, version = a.version + 1
      from held where a.item_id = held.item_id
    returning held.item_id, held.units)
  insert into sales (item_id, units, node, order_id) select item_id, units, $3, $4::bigint from taken returning units`

/** Sells one unit of an item; false when there is none left (ST-18). */
export const sellOneUnit = async (repo: Repo, itemId: number, nodeName: string): Promise<boolean> =>
  (await sellUnits(repo, itemId, 1, nodeName)) === 1

/** Sells up to `units` units at once; returns how many were sold. */
export async function sellUnits(repo: Repo, itemId: number, units: number, nodeName: string): Promise<number> {
  const [sold] = await repo.query<{ units: number }>(sellSql, [itemId, units, nodeName, null])
  return sold?.units ?? 0
}

/** Sells one unit to an order, in the transaction of `client`; false when there is none left. */
export async function sellUnit(client: PoolClient, itemId: number, nodeName: string, orderId: string) {
  const { rows } = await client.query(sellSql, [itemId, 1, nodeName, orderId])
  return rows.length === 1
}
