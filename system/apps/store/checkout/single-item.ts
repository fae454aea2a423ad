import type { PoolClient } from 'pg'
import type { Clock } from '../../../platform/clock.ts'
import type { Defect } from '../../../platform/defects.ts'
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

interface Sale {
  repo: Repo
  itemId: number
  nodeName: string
  defects: ReadonlySet<Defect>
  clock: Clock
  announceEarly(): Promise<void>
}

/** Sells one unit of an item; false when there is none left (ST-18). */
export async function sellOneUnit(sale: Sale): Promise<boolean> {
  const { repo, itemId, nodeName, defects } = sale
  if (defects.has('DF-68')) return checkThenWrite(sale)
  if (defects.has('DF-89')) return announceBeforeCommit(sale)
  return (await sellUnits(repo, itemId, 1, nodeName)) === 1
}

/** Sells up to so many units at once; answers how many it were. */
export async function sellUnits(repo: Repo, itemId: number, units: number, nodeName: string): Promise<number> {
  const [sold] = await repo.query<{ units: number }>(sellSql, [itemId, units, nodeName, null])
  return sold?.units ?? 0
}

/** Takes one unit for an order, as a part of its transaction; false when there is none left. */
export async function sellUnit(client: PoolClient, itemId: number, nodeName: string, orderId: string) {
  const { rows } = await client.query(sellSql, [itemId, 1, nodeName, orderId])
  return rows.length === 1
}

/** How long the planted defects leave their window open. */
const windowMs = 100

/** DF-68: between the look and the write somebody else sells the same unit. */
async function checkThenWrite({ repo, itemId, nodeName, clock }: Sale): Promise<boolean> {
  const [row] = await repo.query<{ available_count: number }>(
    'select available_count from item_availability where item_id = $1',
    [itemId],
  )
  if (!row || row.available_count === 0) return false
  await clock.sleep(windowMs)
  await repo.query('update item_availability set available_count = $2, version = version + 1 where item_id = $1', [
    itemId,
    row.available_count - 1,
  ])
  await repo.query('insert into sales (item_id, units, node) values ($1, 1, $2)', [itemId, nodeName])
  return true
}

/** DF-89: whoever hears of the sale now still reads the old count. */
function announceBeforeCommit({ repo, itemId, nodeName, clock, announceEarly }: Sale): Promise<boolean> {
  return repo.transaction(async (client) => {
    const { rows } = await client.query(sellSql, [itemId, 1, nodeName, null])
    if (rows.length === 0) return false
    await announceEarly()
    await clock.sleep(windowMs)
    return true
  })
}
